import GRDB
package import ReflogModel
import ReflogStorage

extension History {
  /// One change, or nothing if there is none by that id.
  package func change(_ id: Change.ID) async throws -> Change? {
    try await changes("SELECT * FROM history WHERE id = :id", ["id": id.number]).first
  }

  /// A page of history, newest first: at most `limit` changes with ids below `before`.
  package func newestChanges(before: Change.ID?, limit: Int) async throws -> [Change] {
    try await changes(
      "SELECT * FROM history WHERE id < :before ORDER BY id DESC LIMIT :limit",
      ["before": before?.number ?? Int64.max, "limit": limit]
    )
  }

  /// A piece of history, oldest first: at most `limit` changes with ids above `after` and up to `last`.
  package func oldestChanges(after: Change.ID?, upTo last: Change.ID, limit: Int) async throws -> [Change] {
    try await changes(
      "SELECT * FROM history WHERE id > :after AND id <= :last ORDER BY id LIMIT :limit",
      ["after": after?.number ?? 0, "last": last.number, "limit": limit]
    )
  }

  /// The newest id given out, or nothing in an empty ledger.
  package func newestID() async throws -> Change.ID? {
    try await reader.read { db in
      try Int64.fetchOne(db, sql: "SELECT max(id) FROM change").map { Change.ID($0) }
    }
  }

  /// Pending changes with ids above `after`, oldest first.
  package func pendingChanges(after: Change.ID?, limit: Int) async throws -> [Change] {
    try await changes(
      """
      SELECT * FROM history
      WHERE id IN (SELECT id FROM change WHERE result = 'pending' AND id > :after ORDER BY id LIMIT :limit)
      ORDER BY id
      """,
      ["after": after?.number ?? 0, "limit": limit]
    )
  }

  /// The newest rollback of a change.
  package func newestRollback(of id: Change.ID) async throws -> Change? {
    try await changes(
      "SELECT * FROM history WHERE id = (SELECT max(id) FROM change WHERE rollback_of = :id)",
      ["id": id.number]
    ).first
  }

  func changes(_ sql: String, _ arguments: StatementArguments) async throws -> [Change] {
    try await reader.read { db in
      try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map(Change.init(row:))
    }
  }
}
