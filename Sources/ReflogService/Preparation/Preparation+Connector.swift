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
    let connector = try await standingConnector(id, for: request)
    let properties = ConnectorProperties.written(by: body, over: connector)
    let before = connector?.reference ?? .connector(id, displayName: nil)
    let after = ConnectorReference.connector(
      id,
      displayName: body.member(named: "displayName")?.value.string ?? connector?.displayName
    )
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
    try await requireSettled(.connector(id))
    do {
      return try await directory.connector(id)
    } catch {
      throw try await refusedRead(error, of: try await deniedIntents(request), for: request)
    }
  }
}
