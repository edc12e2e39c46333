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
  ) async throws(ServiceError) -> Prepared {
    let connector = try await connector(id, for: request)
    var properties = ConnectorProperties.written(by: body, over: connector)
    var before = connector?.reference ?? .connector(id, displayName: nil)
    if let restored {
      if let connector { try await recordDrift(of: connector, before: request) }
      // No change of the connector is pending, and the request holds the connector's lock. So the plan contains every
      // later change: the changes that were made through Reflog, and the drift that was recorded above.
      let history = HistoryService(history: ledger.history)
      let plan = try await history.restoration(of: restored.edit, permitting: restored.later)
      // If an earlier change already restored the values, but the read shows other values, the write is sent again:
      // another program may have set these values within the settle window. If the read is only stale, the second write
      // does no harm.
      if let done = plan.done, connector != nil, properties.isEmpty { return .done(done) }
      // The read may be stale, so the plan, and not the read, decides which properties the write changes.
      properties = plan.properties
      let name = properties.first { $0.name == ConnectorProperties.displayName }?.before
      before = .connector(id, displayName: name ?? before.displayName)
    }
    let name = body.member(named: "displayName")?.value.string ?? connector?.displayName
    let after = ConnectorReference.connector(id, displayName: name)
    let intent = request.intent(.connector, before: before, after: after, changedProperties: properties)
    return .toDo(Preparation(group: group(request, intent, of: id), write: .updateConnector(id, body)))
  }

  /// Records a drift if a read shows that a connector was edited without Reflog.
  ///
  /// Another program can't edit a connector of the embedded directory, so nothing is compared there.
  ///
  /// - Throws: `busy` if the read shows such an edit, but may show an older value of another property. If the drift
  ///   were recorded now, the observation would contain this older value. The next sweep would then record an edit that
  ///   nobody made.
  private func recordDrift(of connector: DirectoryConnector, before request: ChangeRequest) async throws(ServiceError) {
    guard directory.kind != .embedded else { return }
    let (id, history) = (connector.id, ledger.history)
    let known = try await reading(await history.recordedConnector(id))
    let changes = try await reading(await history.changes(of: id, after: known?.entry ?? -1))
    let recent = try await recentChanges(of: id)
    let all = ConnectorDifferences.between(known?.connector, changes, found: connector)
    let differences = all.filter { difference in !recent.contains { $0.mayHaveReplaced(difference) } }
    guard !differences.isEmpty else { return }
    guard differences.count == all.count, !recent.contains(where: \.wroteUnrecordedValue) else {
      throw .busy("The connector was edited a moment ago, so a read may still show an older value.")
    }
    let nameBefore = differences.first { $0.name == ConnectorProperties.displayName }?.before ?? connector.displayName
    let intent = Change.Intent(
      subject: .connector,
      kind: .drift,
      before: .connector(id, displayName: nameBefore),
      after: connector.reference,
      changedProperties: differences,
      actor: .unknown,
      requestID: request.requestID,
      lastVerifiedDateTime: known?.seen
    )
    let draft = Group.Draft(intent, .found, settledBy: .request)
    // If `entry` is nil, the ledger uses the sequence of the drift's own entry. No other change of the connector is
    // recorded meanwhile.
    let seen = Observation.connector(connector, entry: nil)
    _ = try await ledger.record(Group(drafts: [draft], seen: [seen], connectors: [id]))
  }

  /// Returns the changes that were made to a connector within the settle window.
  ///
  /// A read may still show the values from before these changes.
  private func recentChanges(of connector: ConnectorID) async throws(ServiceError) -> [Change] {
    let since = ledger.now.before(directory.settleWindow)
    return try await reading(await ledger.history.recentConnectorChanges(since: since, limit: 1000))
      .filter { $0.connectorID == connector }
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

extension Change {
  /// Whether this edit replaced, or may have replaced, the value that a read found.
  fileprivate func mayHaveReplaced(_ found: Change.ChangedProperty) -> Bool {
    guard let written = intent.changedProperties else { return true }
    return written.contains { $0.name == found.name && ($0.before == nil || $0.before == found.after) }
  }

  /// Whether this edit wrote a value that is not recorded.
  ///
  /// If a read does not show such a value yet, Reflog can't recognise that the read is stale.
  fileprivate var wroteUnrecordedValue: Bool { intent.changedProperties?.contains { $0.after == nil } ?? true }
}
