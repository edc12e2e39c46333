import GRDB
package import ReflogModel

extension History {
  /// One change, or nothing if there is none by that id. Throws ``LedgerError/altered(_:)`` where its row is not what was logged.
  package func change(_ id: Change.ID) async throws(LedgerError) -> Change? {
    try await read { db in
      try ChangeRows(db, identities).logged("WHERE change.id = :id", ["id": id.number], isFixed: true).first?
        .checked(Records(db))
    }
  }

  /// The changes whose newest entry, of those up to `last`, is one of a range; in the order of these entries.
  package func changesWithEntries(
    _ query: ChangeQuery,
    after: Int64,
    through end: Int64,
    upTo last: Int64
  ) async throws(LedgerError) -> [Change] {
    let filter = FilterSQL(query.filter)
    return try await read { db in
      try ChangeRows(db, identities).changes(
        """
        JOIN entry ON entry.change = change.id
        WHERE entry.sequence > :after AND entry.sequence <= :end
          AND entry.sequence = iif(
            change.outcome_sequence <= :last, change.outcome_sequence, change.intent_sequence
          )
          AND \(filter.condition)
        ORDER BY entry.sequence
        """,
        StatementArguments(filter.arguments) + ["after": after, "end": end, "last": last],
        isFixed: false
      )
    }
  }

  /// The newest id given out, or nothing in an empty ledger.
  package func newestID() async throws(LedgerError) -> Change.ID? {
    try await read { db in
      try Int64.fetchOne(db, sql: "SELECT max(id) FROM change").map { Change.ID($0) }
    }
  }

  /// Which changes with ids above `after` are pending, oldest first.
  package func pendingIDs(after: Change.ID?, limit: Int) async throws(LedgerError) -> [Change.ID] {
    try await read { db in
      try Int64.fetchAll(
        db.cachedStatement(
          sql: "SELECT id FROM change WHERE result = 'pending' AND id > :after ORDER BY id LIMIT :limit"
        ),
        arguments: ["after": after?.number ?? 0, "limit": limit]
      ).map { Change.ID($0) }
    }
  }

  /// The changes that a condition names that is always the same.
  func changes(_ condition: String, _ arguments: StatementArguments) async throws(LedgerError) -> [Change] {
    try await read { db in try ChangeRows(db, identities).changes(condition, arguments, isFixed: true) }
  }
}
