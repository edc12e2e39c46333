import GRDB
package import ReflogModel

extension History {
  /// What holds an address or a connector, if anything does.
  package func pendingChange(at address: Address) async throws(LedgerError) -> Change? {
    try await changes(
      """
      WHERE change.id = (
        SELECT change.id FROM change
        WHERE change.address = \(Self.rowOfAddress) AND change.result = 'pending' AND change.subject = 'step'
      )
      """,
      Self.arguments(address)
    ).first
  }

  package func pendingChange(of connector: ConnectorID) async throws(LedgerError) -> Change? {
    try await changes(
      """
      WHERE change.id = (
        SELECT change.id FROM change
        WHERE change.before_connector = (SELECT id FROM connector WHERE connector_id = :connector)
          AND change.result = 'pending' AND change.subject = 'connector' AND change.before_connector IS NOT NULL
      )
      """,
      ["connector": connector.text]
    ).first
  }

  /// The newest applied change at an address: its after is what stands there.
  package func newestApplied(at address: Address) async throws(LedgerError) -> Change? {
    try await read { db in try newestApplied(at: address, db) }
  }

  func newestApplied(at address: Address, _ db: Database) throws -> Change? {
    try ChangeRows(db, identities).changes(
      """
      WHERE change.id = (
        SELECT max(change.id) FROM change WHERE change.address = \(Self.rowOfAddress) AND change.result = 'applied'
      )
      """,
      Self.arguments(address),
      isFixed: true
    ).first
  }

  /// The changes at an address that may have reached the directory and were recorded or settled at this moment or later,
  /// newest first. What was denied or refused does not count, so that nobody can crowd out what does.
  package func recentChanges(at address: Address, since: Timestamp, limit: Int) async throws(LedgerError) -> [Change] {
    try await changes(
      """
      WHERE change.id IN (
        SELECT change.id FROM change
        WHERE change.address = \(Self.rowOfAddress) AND change.address IS NOT NULL
          AND change.result NOT IN ('denied', 'rejected') AND change.kind <> 'baseline'
        ORDER BY change.id DESC LIMIT :limit
      ) AND coalesce(change.result_time, change.activity_time) >= :since
      ORDER BY change.id DESC
      """,
      Self.arguments(address) + ["since": since.microseconds, "limit": limit]
    )
  }

  /// The newest change at an address that made a difference.
  package func newestEffective(at address: Address) async throws(LedgerError) -> Change? {
    try await changes(
      """
      WHERE change.id = (
        SELECT max(change.id) FROM change WHERE change.address = \(Self.rowOfAddress) AND \(Self.isEffective)
      )
      """,
      Self.arguments(address)
    ).first
  }

  /// The changes at an address behind this one that made a difference, oldest first.
  package func effectiveChanges(at address: Address, after id: Change.ID, limit: Int) async throws(LedgerError)
    -> [Change.ID]
  {
    try await read { db in
      try Int64.fetchAll(
        db.cachedStatement(
          sql: """
            SELECT change.id FROM change
            WHERE change.address = \(Self.rowOfAddress) AND \(Self.isEffective) AND change.id > :id
            ORDER BY change.id LIMIT :limit
            """
        ),
        arguments: Self.arguments(address) + ["id": id.number, "limit": limit]
      ).map { Change.ID($0) }
    }
  }

  /// The newest changes at an address that made a difference and were settled before a moment, or at all; newest first.
  package func effectiveChanges(
    at address: Address,
    settledBefore end: Timestamp?,
    limit: Int
  ) async throws(LedgerError) -> [Change] {
    let last = if let end { try await read { db in try ChangeTimes.lastID(notAfter: end, db) } } else { Int64.max }
    return try await changes(
      """
      WHERE change.id IN (
        SELECT change.id FROM change
        WHERE change.address = \(Self.rowOfAddress) AND \(Self.isEffective) AND change.id <= :last
          AND change.result_time < :end
        ORDER BY change.id DESC LIMIT :limit
      )
      ORDER BY change.id DESC
      """,
      Self.arguments(address) + ["last": last, "end": end?.microseconds ?? .max, "limit": limit]
    )
  }

  /// The newest rollback of a change that was applied or may still be.
  package func rollback(of id: Change.ID) async throws(LedgerError) -> Change? {
    try await changes(
      """
      WHERE change.id = (
        SELECT max(change.id) FROM change WHERE change.rollback_of = :id AND change.result IN ('applied', 'pending', 'unknown')
      )
      """,
      ["id": id.number]
    ).first
  }

  /// Spelled as the partial index `change_effective` spells it, so that SQLite uses that.
  static let isEffective = """
    change.result = 'applied' AND (
      change.before_state <> change.after_state OR change.before_connector IS NOT change.after_connector
    )
    """

  static let rowOfAddress = """
    (SELECT address.id FROM address
    JOIN flow ON flow.id = address.flow
    JOIN step ON step.id = address.step
    WHERE flow.flow_type = :flowType AND flow.flow_id = :flow AND step.name = :step)
    """

  static func arguments(_ address: Address) -> StatementArguments {
    ["flowType": address.flowType.rawValue, "flow": address.flow.text, "step": address.step.name]
  }
}
