import FoundationEssentials
import GRDB
import ReflogModel

/// The keys of requests in the ledger's file.
enum IdempotencyRows {
  /// Remembers a key for the changes that it named, in place of what it named before, and forgets what is too old.
  static func record(_ key: IdempotencyKey, for change: Change.ID, at time: Timestamp, _ db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM idempotency WHERE recorded < :oldest")
      .execute(arguments: ["oldest": oldest(at: time)])
    try db.cachedStatement(
      sql: """
        INSERT INTO idempotency (key_hash, body_hash, change, recorded)
        VALUES (:keyHash, :bodyHash, :change, :recorded)
        ON CONFLICT (key_hash) DO UPDATE SET
          body_hash = excluded.body_hash, change = excluded.change, recorded = excluded.recorded
        """
    ).execute(arguments: [
      "keyHash": Data(key.keyHash), "bodyHash": Data(key.bodyHash), "change": change.number,
      "recorded": time.microseconds,
    ])
  }

  /// The change that a key names, and whether the body was the same.
  static func find(
    _ key: IdempotencyKey,
    at time: Timestamp,
    _ db: Database
  ) throws -> (change: Change.ID, isSameBody: Bool)? {
    try Row.fetchOne(
      db.cachedStatement(
        sql: "SELECT change, body_hash FROM idempotency WHERE key_hash = :keyHash AND recorded >= :oldest"
      ),
      arguments: ["keyHash": Data(key.keyHash), "oldest": oldest(at: time)]
    ).map { row in
      (Change.ID(row["change"]), (row["body_hash"] as Data) == Data(key.bodyHash))
    }
  }

  private static func oldest(at time: Timestamp) -> Int64 {
    time.microseconds - IdempotencyKey.lifetime.components.seconds * 1_000_000
  }
}
