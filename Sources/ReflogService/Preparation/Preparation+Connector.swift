import ReflogModel

extension ChangeService {
  func prepareCreation(_ request: ChangeRequest, _ body: JSONObject) async throws(ServiceError) -> Preparation {
    // Nothing is read before a creation that would prove the caller.
    try await prove(request.caller)
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
    let connector = try await standingConnector(id, for: request)
    let properties = ConnectorProperties.written(by: body, over: connector)
    let before = connector?.reference ?? .connector(id, displayName: nil)
    let after = ConnectorReference.connector(id, displayName: body["displayName"]?.string ?? connector?.displayName)
    return Preparation(
      intents: [request.intent(.connector, before: before, after: after, changedProperties: properties)],
      write: .updateConnector(id, body)
    )
  }

  func prepareDeletion(_ request: ChangeRequest, _ id: ConnectorID) async throws(ServiceError) -> Preparation {
    let connector = try await standingConnector(id, for: request)
    let before = connector?.reference ?? .connector(id, displayName: nil)
    return Preparation(
      intents: [request.intent(.connector, before: before, after: .none)],
      write: .deleteConnector(id)
    )
  }

  func prepareCertificate(
    _ request: ChangeRequest,
    _ id: ConnectorID,
    _ body: JSONObject
  ) async throws(ServiceError) -> Preparation {
    let connector = try await standingConnector(id, for: request)
    let reference = connector?.reference ?? .connector(id, displayName: nil)
    let properties = ConnectorProperties.writtenByCertificate
    return Preparation(
      intents: [request.intent(.connector, before: reference, after: reference, changedProperties: properties)],
      write: .uploadCertificate(id, body)
    )
  }

  /// The connector as it is now. One that is not there is for the directory to refuse, on record.
  private func standingConnector(
    _ id: ConnectorID,
    for request: ChangeRequest
  ) async throws(ServiceError) -> DirectoryConnector? {
    try await requireSettled(.connector(id), for: request.caller)
    do {
      return try await directory.connector(id)
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }
}

/// What a write of a connector changes: names, and values only where they are no secrets.
enum ConnectorProperties {
  static let authentication = "authenticationConfiguration"

  static let writtenByCertificate = [Change.ChangedProperty(name: authentication, before: nil, after: nil)]

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
