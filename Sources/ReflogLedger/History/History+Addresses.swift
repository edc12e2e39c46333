package import ReflogModel
import ReflogStorage

extension History {
  /// Returns every address at which a change was applied or is pending.
  ///
  /// An address with only refused requests is left out. Otherwise a caller without rights could add any number of
  /// addresses, and the sweep and the deletion of a flow would read all these addresses in the directory.
  package func addresses() async throws(LedgerError) -> [Address] {
    try await addresses(where: Self.isChanged)
  }

  /// Returns the addresses that meet an SQL condition, in the order in which they were recorded.
  private func addresses(where condition: String) async throws(LedgerError) -> [Address] {
    try await read { db in
      try db.rows(
        """
        SELECT flow.flow_type, flow.flow_id, step.name FROM address
        JOIN flow ON flow.id = address.flow
        JOIN step ON step.id = address.step
        WHERE \(condition)
        ORDER BY address.id
        """
      ) { try $0.address(0) }
    }
  }

  /// The condition that the current address has an applied or a pending change.
  private static let isChanged = """
    (
      EXISTS (SELECT 1 FROM change WHERE change.address = address.id AND change.result = 'applied')
      OR EXISTS (
        SELECT 1 FROM change
        WHERE coalesce(change.address, -change.before_connector) = address.id AND change.result = 'pending'
      )
    )
    """

  /// Returns the addresses of ``addresses()`` and the addresses that a read of the directory showed.
  ///
  /// The second group contains the steps that never called a connector.
  package func knownAddresses() async throws(LedgerError) -> [Address] {
    try await addresses(where: Self.isKnown)
  }

  /// The condition that ``knownAddresses()`` contains the current address.
  private static let isKnown = """
    (\(isChanged) OR EXISTS (SELECT 1 FROM seen_reference WHERE seen_reference.address = address.id))
    """

  /// Returns those scopes that contain at least one of the ``knownAddresses()``.
  ///
  /// The scope `everything` is always returned. For the other scopes, only their addresses are read.
  package func knownScopes(among scopes: Set<FreezeScope>) async throws(LedgerError) -> Set<FreezeScope> {
    try await read { db in
      try scopes.filter { scope in
        switch scope {
        case .everything: true
        case .flow(let flow): try Self.isKnown(flow, nil, db)
        case .address(let address): try Self.isKnown(FlowName(of: address), address.step, db)
        }
      }
    }
  }

  /// Returns whether ``knownAddresses()`` contains the address of a step of a flow, or any address of the flow if
  /// `step` is nil.
  private static func isKnown(_ flow: FlowName, _ step: Step?, _ db: any LedgerConnection) throws -> Bool {
    let isStep = step == nil ? "" : "AND \(db.dialect.equalIgnoringCase("step.name", ":step"))"
    let arguments: SQLArguments = ["flowType": flow.flowType.rawValue, "flow": flow.flow.text]
    return try db.bool(
      """
      SELECT EXISTS (
        SELECT 1 FROM address
        JOIN flow ON flow.id = address.flow
        JOIN step ON step.id = address.step
        WHERE flow.flow_type = :flowType AND \(db.dialect.equalIgnoringCase("flow.flow_id", ":flow")) \(isStep)
          AND \(isKnown)
      )
      """,
      step.map { arguments + ["step": $0.name] } ?? arguments
    )
  }

  /// Returns the pending change at an address, or nil if there is none.
  package func pendingChange(at address: Address) async throws(LedgerError) -> Change? {
    try await changes(
      at: address,
      "WHERE coalesce(change.address, -change.before_connector) = :address AND change.result = 'pending'"
    ).first
  }

  /// Returns the reference that a read of the directory last showed at an address, and the time of the read.
  ///
  /// The result is nil if no read of the directory showed a reference at the address.
  static func lastSeen(
    _ address: Int64,
    _ db: any LedgerConnection
  ) throws -> (reference: ConnectorReference, time: Timestamp)? {
    try db.first(
      """
      SELECT seen_reference.seen, connector.connector_id FROM seen_reference
      LEFT JOIN connector ON connector.id = seen_reference.connector
      WHERE seen_reference.address = ?
      """,
      [address]
    ) { row in
      (row.isNull(1) ? .none : .connector(try row.connectorID(1), displayName: nil), try row.time(0))
    }
  }

  /// Returns the newest changes at an address, newest first, except changes that never reached the directory.
  ///
  /// Each change was recorded or settled at or after the time `since`. A caller can make any number of changes that
  /// never reach the directory. Such changes are left out, because they would fill the result up to the limit.
  package func recentChanges(at address: Address, since: Timestamp, limit: Int) async throws(LedgerError) -> [Change] {
    try await changes(
      at: address,
      """
      WHERE change.id IN (
        SELECT change.id FROM change
        WHERE change.address = :address AND \(Self.mayHaveReachedDirectory)
        ORDER BY change.id DESC LIMIT :limit
      ) AND coalesce(change.result_time, change.activity_time) >= :since
      ORDER BY change.id DESC
      """,
      ["since": since.microseconds, "limit": limit]
    )
  }

  /// Returns the changes that a condition on `:address` selects, after each change was compared with the log.
  ///
  /// This method binds `:address` to the row number of the address. The result is empty if the address has no row in
  /// the ledger.
  func changes(
    at address: Address,
    _ condition: String,
    _ arguments: SQLArguments = [:]
  ) async throws(LedgerError) -> [Change] {
    try await read { db in
      guard let row = try Self.row(of: address, db) else { return [] }
      return try ChangeRows(db, identities).checked(condition, arguments + ["address": row])
    }
  }

  /// Returns the row number of an address, or nil if the address has no row.
  static func row(of address: Address, _ db: any LedgerConnection) throws -> Int64? {
    try db.integer(
      """
      SELECT address.id FROM address JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step
      WHERE flow.flow_type = ? AND \(db.dialect.equalIgnoringCase("flow.flow_id", "?"))
        AND \(db.dialect.equalIgnoringCase("step.name", "?"))
      """,
      [address.flowType.rawValue, address.flow.text, address.step.name]
    )
  }

  /// Returns the SQL condition that selects the newest applied change at `:address`.
  static func newestApplied(_ dialect: any Dialect) -> String {
    "WHERE change.id = \(AppliedChange.newest(at: ":address", dialect))"
  }

  /// The SQL form of ``Change/mayHaveReachedDirectory``.
  static let mayHaveReachedDirectory = """
    change.result NOT IN ('denied', 'rejected') AND change.kind <> 'baseline'
      AND (change.result <> 'notApplied' OR change.error_code IS DISTINCT FROM '\(Change.notSentCode)')
    """
}
