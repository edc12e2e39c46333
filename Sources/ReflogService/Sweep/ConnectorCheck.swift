import ReflogLedger
import ReflogModel

/// Compares the directory's connectors with the ledger.
///
/// If a connector is edited, the effect of every step that calls the connector changes. So the ledger must also contain
/// the edits that were made without Reflog, and this check finds them.
struct ConnectorCheck: Sendable {
  let service: ChangeService
  let inventory: Inventory

  /// Reads all connectors, and records the changes that were made without Reflog.
  ///
  /// A connector with a pending or recent change is skipped, because a read may be stale. The next sweep checks the
  /// connector.
  func verify() async throws {
    let ledger = service.ledger
    let entry = try await ledger.history.status().newestSequence ?? -1
    let recorded = try await ledger.history.recordedConnectors()
    let found = try await inventory.connectors()
    let busy = try await busyConnectors()
    var observations: [Observation] = []
    for connector in found where !busy.ids.contains(connector.id) {
      let known = recorded[connector.id]
      let changes = try await ledger.history.changes(of: connector.id, after: known?.entry ?? -1)
      if known == nil, changes.isEmpty {
        if !busy.isCreating { try await recordBaseline(of: connector, entry) }
        continue
      }
      let differences = ConnectorDifferences.between(known?.connector, changes, found: connector)
      if differences.isEmpty {
        observations.append(.connector(connector, entry: entry))
      } else {
        try await recordDrift(of: connector, differences, since: known, entry)
      }
    }
    let present = Set(found.map(\.id))
    for (id, known) in recorded where !present.contains(id) && !busy.ids.contains(id) {
      let changes = try await ledger.history.changes(of: id, after: known.entry)
      if changes.contains(where: { $0.after == .none }) {
        observations.append(.connectorGone(id))
      } else {
        try await recordDisappearance(of: known)
      }
    }
    try await ledger.remember(observations)
  }

  /// Returns the connectors whose reads are not conclusive, and whether a connector is being created.
  ///
  /// The set of ids does not contain a connector that is being created, because its id is not known yet.
  private func busyConnectors() async throws -> (ids: Set<ConnectorID>, isCreating: Bool) {
    let since = service.ledger.now.before(service.directory.settleWindow)
    // The limit is higher than the number of connector changes in any settle window, so no recent change is missed.
    let recent = try await service.ledger.history.recentConnectorChanges(since: since, limit: 1000)
    let ids = recent.flatMap { [$0.intent.before.connectorID, $0.after.connectorID] }.compactMap { $0 }
    return (Set(ids), recent.contains { $0.result == .pending && $0.intent.before == .none })
  }

  private func recordBaseline(of connector: DirectoryConnector, _ entry: Int64) async throws {
    try await record(
      .baseline,
      of: connector.id,
      before: .unknown,
      after: connector.reference,
      ConnectorDifferences.all(of: connector),
      .connector(connector, entry: entry)
    )
  }

  private func recordDrift(
    of connector: DirectoryConnector,
    _ differences: [Change.ChangedProperty],
    since known: RecordedConnector?,
    _ entry: Int64
  ) async throws {
    let id = connector.id
    await inventory.rateLimiter.wait()
    guard let lock = service.locks.takeWithoutWaiting(.connector(id)) else { return }
    defer { lock.end() }
    // A restoration may have recorded this drift in the meantime. The second condition then prevents a second record.
    guard try await service.ledger.pendingChange(of: id) == nil,
      try await service.ledger.history.recordedConnector(id)?.entry == known?.entry,
      let again = try await inventory.connector(id), again.isSame(as: connector)
    else { return }
    let nameBefore = differences.first { $0.name == "displayName" }?.before ?? connector.displayName
    try await record(
      .drift,
      of: id,
      before: .connector(id, displayName: nameBefore),
      after: connector.reference,
      differences,
      .connector(connector, entry: entry),
      lastSeen: known?.seen
    )
  }

  private func recordDisappearance(of known: RecordedConnector) async throws {
    let id = known.connector.id
    await inventory.rateLimiter.wait()
    guard let lock = service.locks.takeWithoutWaiting(.connector(id)) else { return }
    defer { lock.end() }
    guard try await service.ledger.pendingChange(of: id) == nil,
      try await inventory.connector(id) == nil
    else { return }
    try await record(
      .drift,
      of: id,
      before: known.connector.reference,
      after: .none,
      nil,
      .connectorGone(id),
      lastSeen: known.seen
    )
  }

  private func record(
    _ kind: Change.Kind,
    of connector: ConnectorID,
    before: ConnectorReference,
    after: ConnectorReference,
    _ properties: [Change.ChangedProperty]?,
    _ observation: Observation,
    lastSeen: Timestamp? = nil
  ) async throws {
    let intent = Change.Intent(
      subject: .connector,
      kind: kind,
      before: before,
      after: after,
      changedProperties: properties,
      actor: .unknown,
      requestID: GUID.random(),
      lastVerifiedDateTime: lastSeen
    )
    let draft = Group.Draft(intent, .found, settledBy: .reconciler)
    // If a change of the connector became pending after the read, the ledger refuses the group. Then the next sweep
    // checks the connector.
    _ = try await service.ledger.append(Group(drafts: [draft], seen: [observation], connectors: [connector]))
  }
}
