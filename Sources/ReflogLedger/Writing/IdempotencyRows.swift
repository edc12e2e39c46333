import ReflogModel
import ReflogStorage

/// The idempotency keys in the ledger's file.
enum IdempotencyRows {
  /// Returns the change of a key and whether the body of its request was the same, or nil if the key is new or a day
  /// old.
  static func find(
    _ key: IdempotencyKey,
    at time: Timestamp,
    _ db: Connection
  ) throws -> (change: Change.ID, isSameBody: Bool)? {
    try db.first(
      "SELECT change, body_hash FROM idempotency WHERE key_hash = :keyHash AND recorded >= :oldest",
      ["keyHash": key.keyHash, "oldest": oldest(at: time)]
    ) { row in (Change.ID(try row.integer(0)), try row.blob(1).elementsEqual(key.bodyHash)) }
  }

  /// Removes keys that are a day old, at most `limit`: more at once would delay changes.
  static func removeOld(at time: Timestamp, limit: Int, _ db: Connection) throws {
    try db.execute(
      """
      DELETE FROM idempotency WHERE key_hash IN (
        SELECT key_hash FROM idempotency WHERE recorded < :oldest ORDER BY recorded LIMIT :limit
      )
      """,
      ["oldest": oldest(at: time), "limit": limit]
    )
  }

  /// Returns the earliest time at which a key that still counts was recorded, in microseconds.
  static func oldest(at time: Timestamp) -> Int64 {
    time.microseconds - IdempotencyKey.lifetime.components.seconds * 1_000_000
  }
}
