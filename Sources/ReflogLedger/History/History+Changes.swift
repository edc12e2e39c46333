import GRDB
package import ReflogModel

extension History {
  /// One change, or nothing if there is none by that id.
  package func change(_ id: Change.ID) async throws(LedgerError) -> Change? {
    try await changes("SELECT * FROM history WHERE id = :id", ["id": id.number]).first
  }

  /// A page of history, newest first: at most `limit` changes with ids below `before`.
  package func newestChanges(before: Change.ID?, limit: Int) async throws(LedgerError) -> [Change] {
    try await changes(
      "SELECT * FROM history WHERE id < :before ORDER BY id DESC LIMIT :limit",
      ["before": before?.number ?? Int64.max, "limit": limit]
    )
  }

  /// A piece of history, oldest first: at most `limit` changes with ids above `after` and up to `last`.
  package func oldestChanges(after: Change.ID?, upTo last: Change.ID, limit: Int) async throws(LedgerError) -> [Change]
  {
    try await changes(
      "SELECT * FROM history WHERE id > :after AND id <= :last ORDER BY id LIMIT :limit",
      ["after": after?.number ?? 0, "last": last.number, "limit": limit]
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
}
