import ReflogLedger
import ReflogModel

extension Preparer {
  func prepareCreation(_ request: ChangeRequest, _ body: JSONObject) -> Preparation {
    let properties = ConnectorProperties.written(by: body, over: nil)
    let intent = request.intent(.connector, before: .none, after: .unknown, changedProperties: properties)
    return Preparation(group: group(request, intent, of: nil), write: .createConnector(body))
  }

  func prepareUpdate(
    _ request: ChangeRequest,
    _ id: ConnectorID,
    _ body: JSONObject,
    restoring restored: ChangeRequest.Restored?
  ) async throws(ServiceError) -> Preparation {
    let connector = try await connector(id, for: request)
    // At this point, no change of the connector is pending, and the request holds the connector's lock. So this check
    // finds every later change, and no other change can be made between the check and the update.
    if let restored {
      _ = try await HistoryService(history: ledger.history).restoration(of: restored.edit, permitting: restored.later)
    }
    let properties = ConnectorProperties.written(by: body, over: connector)
    let before = connector?.reference ?? .connector(id, displayName: nil)
    let name = body.member(named: "displayName")?.value.string ?? connector?.displayName
    let after = ConnectorReference.connector(id, displayName: name)
    let intent = request.intent(.connector, before: before, after: after, changedProperties: properties)
    return Preparation(group: group(request, intent, of: id), write: .updateConnector(id, body))
  }

  func prepareDeletion(_ request: ChangeRequest, _ id: ConnectorID) async throws(ServiceError) -> Preparation {
    let connector = try await connector(id, for: request)
    let before = connector?.reference ?? .connector(id, displayName: nil)
    let intent = request.intent(.connector, before: before, after: .none)
    return Preparation(group: group(request, intent, of: id), write: .deleteConnector(id))
  }

  func prepareCertificate(
    _ request: ChangeRequest,
    _ id: ConnectorID,
    _ body: JSONObject
  ) async throws(ServiceError) -> Preparation {
    let connector = try await connector(id, for: request)
    let reference = connector?.reference ?? .connector(id, displayName: nil)
    let properties = ConnectorProperties.writtenByCertificate
    let intent = request.intent(.connector, before: reference, after: reference, changedProperties: properties)
    return Preparation(group: group(request, intent, of: id), write: .uploadCertificate(id, body))
  }

  private func group(_ request: ChangeRequest, _ intent: Change.Intent, of connector: ConnectorID?) -> Group {
    Group(
      drafts: [Group.Draft(intent, .intended)],
      key: request.idempotencyKey,
      connectors: connector.map { [$0] } ?? [],
      parts: request.action.parts,
      override: request.groupOverride
    )
  }

  /// Settles the connector's pending change and reads the connector.
  ///
  /// Returns nil if the connector does not exist. The write is then sent anyway, because the refusal by the directory
  /// must be recorded.
  private func connector(
    _ id: ConnectorID,
    for request: ChangeRequest
  ) async throws(ServiceError) -> DirectoryConnector? {
    let pending: Change?
    do { pending = try await ledger.pendingChange(of: id) } catch { throw ServiceError(reading: error) }
    if let pending { try await settle(pending, before: request) }
    do {
      return try await directory.connector(id)
    } catch {
      throw try await refusedRead(error, of: try await unreadIntents(of: request), for: request)
    }
  }
}
