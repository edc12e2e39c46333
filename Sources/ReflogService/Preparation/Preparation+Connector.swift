import ReflogModel

extension ChangeService {
  func prepareCreation(_ request: ChangeRequest, _ body: JSONObject) -> Preparation {
    let properties = ConnectorProperties.written(by: body, over: nil)
    return Preparation(
      intents: [request.intent(.connector, before: .none, after: .unknown, changedProperties: properties)],
      write: .createConnector(body)
    )
  }

  func prepareUpdate(
    _ request: ChangeRequest,
    _ id: ConnectorID,
    _ body: JSONObject
  ) async throws(ServiceError) -> Preparation {
    let connector = try await standingConnector(id)
    let properties = ConnectorProperties.written(by: body, over: connector)
    let before = connector?.reference ?? .connector(id, displayName: nil)
    let after = ConnectorReference.connector(id, displayName: body["displayName"]?.string ?? connector?.displayName)
    return Preparation(
      intents: [request.intent(.connector, before: before, after: after, changedProperties: properties)],
      write: .updateConnector(id, body)
    )
  }

  func prepareDeletion(_ request: ChangeRequest, _ id: ConnectorID) async throws(ServiceError) -> Preparation {
    let connector = try await standingConnector(id)
    let before = connector?.reference ?? .connector(id, displayName: nil)
    return Preparation(
      intents: [request.intent(.connector, before: before, after: .none)],
      write: .deleteConnector(id)
    )
  }

  /// The connector as it is now. One that is not there is for the directory to refuse, on record.
  private func standingConnector(_ id: ConnectorID) async throws(ServiceError) -> DirectoryConnector? {
    try await requireSettled(.connector(id))
    do {
      return try await directory.connector(id)
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }
}

/// What a write of a connector changes: names, and values only where they are no secrets.
enum ConnectorProperties {
  static func written(by body: JSONObject, over connector: DirectoryConnector?) -> [Change.ChangedProperty] {
    body.members.compactMap { member in
      switch member.name {
      case "displayName":
        Change.ChangedProperty(
          name: member.name,
          before: connector?.displayName,
          after: member.value.string
        )
      case "targetUrl":
        Change.ChangedProperty(
          name: member.name,
          before: connector?.targetURL,
          after: member.value.string.map(redactedURL)
        )
      case "id", "@odata.type", "@odata.context": nil
      default: Change.ChangedProperty(name: member.name, before: nil, after: nil)
      }
    }
  }
}
