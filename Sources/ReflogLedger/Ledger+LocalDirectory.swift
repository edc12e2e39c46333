package import ReflogModel
import ReflogStorage

extension Ledger {
  /// Stores the references of a directory that only Reflog changes, as if a read of the directory had just shown them.
  ///
  /// No sweep reads such a directory. So without this method, the ledger would not know which connector a step calls
  /// until a change is applied at the step. Later changes are made through Reflog, so the ledger then knows them. The
  /// stored references are not part of history. They are written only if they differ from those that are already
  /// stored.
  ///
  /// Call this method before the writer's thread starts.
  ///
  /// - Parameter references: All steps of the directory that call a connector, each with its reference.
  package func remember(allReferences references: [Address: ConnectorReference]) async throws(LedgerError) {
    let observations = try await history.read { db in try Self.observations(of: references, db) }
    guard !observations.isEmpty else { return }
    let time = now
    do {
      try store.setUp { db, _ in
        // `newestEntry` is used only for observations of connectors. These are observations of references, so the value
        // has no effect.
        try ObservationRows.record(observations, at: time, newestEntry: -1, Identities(db), db)
      }
    } catch {
      throw LedgerError(error)
    }
  }

  /// Returns the observations that make the stored references equal to the references of a directory.
  ///
  /// Addresses at which a change was applied are left out, because their newest change shows the reference.
  private static func observations(
    of references: [Address: ConnectorReference],
    _ db: any LedgerConnection
  ) throws -> [Observation] {
    let known = try db.rows(
      """
      SELECT flow.flow_type, flow.flow_id, step.name,
        EXISTS (SELECT 1 FROM change WHERE change.address = address.id AND change.result = 'applied'),
        seen_reference.address, connector.connector_id
      FROM address
      JOIN flow ON flow.id = address.flow
      JOIN step ON step.id = address.step
      LEFT JOIN seen_reference ON seen_reference.address = address.id
      LEFT JOIN connector ON connector.id = seen_reference.connector
      """
    ) { row -> (address: Address, isChanged: Bool, seen: ConnectorReference?) in
      let seen = try row.isNull(5) ? ConnectorReference.none : .connector(row.connectorID(5), displayName: nil)
      return (try row.address(0), try row.bool(3), row.isNull(4) ? nil : seen)
    }
    var observed = references
    for (address, isChanged, seen) in known {
      if isChanged || seen == observed[address] {
        observed[address] = nil
      } else if observed[address] == nil, seen != ConnectorReference.none {
        // The last read showed a connector, but the step calls none now.
        observed[address] = ConnectorReference.none
      }
    }
    return observed.sorted { $0.key < $1.key }.map { .reference($0.key, $0.value) }
  }
}
