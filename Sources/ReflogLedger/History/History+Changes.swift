import GRDB
package import ReflogModel

extension History {
  /// One change, or nothing if there is none by that id.
  package func change(_ id: Change.ID) async throws(LedgerError) -> Change? {
    try await changes("SELECT * FROM history WHERE id = :id", ["id": id.number]).first
  }

  /// A page of what is asked for: at most `limit` changes behind the one with this id, in the order asked for.
  package func page(_ query: ChangeQuery, behind: Change.ID?, limit: Int) async throws(LedgerError) -> [Change] {
    let filter = FilterSQL(query.filter)
    let (sign, direction, start) = query.isAscending ? (">", "ASC", Int64(0)) : ("<", "DESC", Int64.max)
    return try await changes(
      filtered:
        """
        SELECT * FROM history WHERE id \(sign) :behind AND \(filter.condition) ORDER BY id \(direction) LIMIT :limit
        """,
      StatementArguments(filter.arguments) + ["behind": behind?.number ?? start, "limit": limit]
    )
  }

  /// How many changes there are of what is asked for; takes longer the more there are.
  package func count(_ query: ChangeQuery) async throws(LedgerError) -> Int {
    let filter = FilterSQL(query.filter)
    return try await read { db in
      try Int.fetchOne(
        db,
        sql: "SELECT count(*) FROM history WHERE \(filter.condition)",
        arguments: StatementArguments(filter.arguments)
      ) ?? 0
    }
  }

  /// A piece of history, oldest first: at most `limit` changes with ids above `after` and up to `last`.
  package func oldestChanges(
    _ query: ChangeQuery = ChangeQuery(),
    after: Change.ID?,
    upTo last: Change.ID,
    limit: Int
  ) async throws(LedgerError) -> [Change] {
    let filter = FilterSQL(query.filter)
    return try await changes(
      filtered:
        "SELECT * FROM history WHERE id > :after AND id <= :last AND \(filter.condition) ORDER BY id LIMIT :limit",
      StatementArguments(filter.arguments) + ["after": after?.number ?? 0, "last": last.number, "limit": limit]
    )
  }

  /// The changes whose newest entry, of those up to `last`, is one of a range; in the order of these entries.
  package func changesWithEntries(
    _ query: ChangeQuery,
    after: Int64,
    through end: Int64,
    upTo last: Int64
  ) async throws(LedgerError) -> [Change] {
    let filter = FilterSQL(query.filter)
    return try await changes(
      filtered:
        """
        SELECT history.* FROM entry JOIN history ON history.id = entry.change
        WHERE entry.sequence > :after AND entry.sequence <= :end
          AND NOT EXISTS (
            SELECT 1 FROM entry AS newer
            WHERE newer.change = entry.change AND newer.sequence > entry.sequence AND newer.sequence <= :last
          )
          AND \(filter.condition)
        ORDER BY entry.sequence
        """,
      StatementArguments(filter.arguments) + ["after": after, "end": end, "last": last]
    )
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

  func changes(_ sql: String, _ arguments: StatementArguments) async throws(LedgerError) -> [Change] {
    try await read { db in
      try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map(Change.init(row:))
    }
  }

  /// As above, for SQL that callers shape: a statement is kept for as long as its connection, and there is no end of filters.
  private func changes(filtered sql: String, _ arguments: StatementArguments) async throws(LedgerError) -> [Change] {
    try await read { db in try Row.fetchAll(db, sql: sql, arguments: arguments).map(Change.init(row:)) }
  }
}
