package import ReflogModel
import ReflogStorage

extension History {
  /// Returns the change with this id, or nil if there is none.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row of the change does not match the log.
  package func change(_ id: Change.ID) async throws(LedgerError) -> Change? {
    try await changes("WHERE change.id = ?", [id.number]).first
  }

  /// Returns the changes that match a query and whose newest log entry is in a range.
  ///
  /// The newest entry of a change is its entry with the highest sequence number up to `last`. This number must be
  /// higher than `after` and at most `end`. The changes are sorted by the sequence number of their newest entry.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row of a change does not match the log.
  package func changesWithEntries(
    _ query: ChangeQuery,
    after: Int64,
    through end: Int64,
    upTo last: Int64
  ) async throws(LedgerError) -> [Change] {
    try await read { db in
      let plan = try QueryPlan(query, db)
      let (filter, impact) = (plan.filter, plan.impact)
      let condition = impact.map { "(\(filter.condition) OR \($0.condition(db.dialect)))" } ?? filter.condition
      let arguments = [filter.arguments, impact?.filter.arguments, impact?.arguments].compactMap(\.self)
      return try ChangeRows(db, identities).checked(
        """
        JOIN entry ON entry.change = change.id
        WHERE entry.sequence > :after AND entry.sequence <= :end
          AND entry.sequence = CASE
            WHEN change.outcome_sequence <= :last THEN change.outcome_sequence ELSE change.intent_sequence
          END
          AND \(condition)
        ORDER BY entry.sequence
        """,
        arguments.reduce(["after": after, "end": end, "last": last]) { $0 + SQLArguments($1) },
        kept: false
      )
    }
  }

  /// Returns the id of the newest change, or nil if there is none.
  package func newestID() async throws(LedgerError) -> Change.ID? {
    try await read { db in try db.integer("SELECT max(id) FROM change").map { Change.ID($0) } }
  }

  /// Returns at most `limit` ids of pending changes, oldest first; only ids higher than `after` are returned.
  package func pendingIDs(after: Change.ID?, limit: Int) async throws(LedgerError) -> [Change.ID] {
    try await read { db in
      try db.integers(
        """
        SELECT id FROM \(db.dialect.table("change", index: "change_pending"))
        WHERE result = 'pending' AND id > :after ORDER BY id LIMIT :limit
        """,
        ["after": after?.number ?? 0, "limit": limit]
      ).map { Change.ID($0) }
    }
  }

  /// Returns the changes that a condition selects, after each change was compared with the log.
  ///
  /// - Parameters:
  ///   - condition: The SQL after ``ChangeRows/select``. Each caller must always pass the same text, because a prepared
  ///     statement is kept for each different text.
  ///   - arguments: The arguments of the condition.
  /// - Throws: ``LedgerError/altered(_:)`` if the row of a change does not match the log.
  func changes(_ condition: String, _ arguments: SQLArguments) async throws(LedgerError) -> [Change] {
    try await read { db in try ChangeRows(db, identities).checked(condition, arguments) }
  }
}
