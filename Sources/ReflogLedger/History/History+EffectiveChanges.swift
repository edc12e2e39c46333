package import ReflogModel
import ReflogStorage

extension History {
  /// Returns at most `limit` ids of effective changes at an address, oldest first; only ids higher than `id` are
  /// returned.
  package func effectiveChanges(at address: Address, after id: Change.ID, limit: Int) async throws(LedgerError)
    -> [Change.ID]
  {
    try await changes(
      at: address,
      """
      WHERE change.address = :address AND \(Self.isEffective) AND change.id > :id ORDER BY change.id LIMIT :limit
      """,
      ["id": id.number, "limit": limit]
    ).map(\.id)
  }

  /// Returns the newest effective changes at an address that were settled earlier than `end`, newest first.
  ///
  /// If `end` is nil, the time of settlement is not limited.
  package func effectiveChanges(
    at address: Address,
    settledBefore end: Timestamp?,
    limit: Int
  ) async throws(LedgerError) -> [Change] {
    let last = if let end { try await read { db in try ChangeTimes.lastID(notAfter: end, db) } } else { Int64.max }
    return try await changes(
      at: address,
      """
      WHERE change.address = :address AND \(Self.isEffective) AND change.id <= :last AND change.result_time < :end
      ORDER BY change.id DESC LIMIT :limit
      """,
      ["last": last, "end": end?.microseconds ?? .max, "limit": limit]
    )
  }

  /// Returns the newest rollback of this change, or nil if there is none.
  ///
  /// Only a rollback that was applied, is pending, or has an unknown result is returned.
  package func rollback(of id: Change.ID) async throws(LedgerError) -> Change? {
    try await changes(
      """
      WHERE change.id = (
        SELECT max(change.id) FROM change
        WHERE change.rollback_of = :id AND change.result IN ('applied', 'pending', 'unknown')
      )
      """,
      ["id": id.number]
    ).first
  }

  /// Returns the newest applied rollback of each of these changes.
  ///
  /// The key is the id of the change that was rolled back. A change without an applied rollback has no entry.
  package func appliedRollbacks(of ids: [Change.ID]) async throws(LedgerError) -> [Change.ID: Change] {
    guard !ids.isEmpty else { return [:] }
    let rollbacks = try await read { db in
      try ChangeRows(db, identities).checked(
        """
        WHERE change.id IN (
          SELECT max(rollback.id) FROM change AS rollback
          WHERE rollback.rollback_of IN (\(db.dialect.numbers(inArray: "?"))) AND rollback.result = 'applied'
          GROUP BY rollback.rollback_of
        )
        """,
        [JSONValue.array(ids.map { .integer($0.number) }).text]
      )
    }
    let pairs = rollbacks.compactMap { rollback in rollback.intent.rollbackOf.map { ($0, rollback) } }
    return Dictionary(pairs) { first, _ in first }
  }

  /// The condition that a change is effective.
  ///
  /// SQLite uses the index `change_applied` only if the condition contains exactly the expression of the index.
  static let isEffective = isApplied("change", withEffect: true)
  /// The condition that a change was applied without an effect: `before` and `after` of the change are equal.
  static let isIneffective = isApplied("change", withEffect: false)

  /// Returns the condition that a change was applied with an effect or without an effect.
  ///
  /// - Parameters:
  ///   - change: The name or the alias of the table `change` in the SQL text.
  ///   - withEffect: Whether the change must have an effect.
  static func isApplied(_ change: String, withEffect: Bool) -> String {
    """
    \(change).result = 'applied'
      AND (
        \(change).before_state <> \(change).after_state
          OR \(change).before_connector IS DISTINCT FROM \(change).after_connector
      ) = \(withEffect ? "TRUE" : "FALSE")
    """
  }
}
