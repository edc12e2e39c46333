import ReflogModel
import ReflogStorage

/// The idempotency keys in the ledger's file.
package enum IdempotencyRows {
  /// The SQL form of `Change.freesIdempotencyKey`, for the table `change`.
  package static let freesKey = """
    change.result = 'notApplied' OR coalesce(
      change.result = 'rejected' AND (
        change.http_status IN (401, 429)
        OR (change.http_status = 403 AND change.actor_proof IS DISTINCT FROM 'graph')
      ), FALSE
    )
    """

  /// Returns the change that an earlier request with an idempotency key made, and whether the present request has the
  /// same body.
  ///
  /// The result is nil if no request used the key within the last day.
  static func find(
    _ key: IdempotencyKey,
    at time: Timestamp,
    _ db: any LedgerConnection
  ) throws -> (change: Change.ID, isSameBody: Bool)? {
    try db.first(
      "SELECT change, body_hash FROM idempotency WHERE key_hash = :keyHash AND recorded >= :oldest",
      ["keyHash": key.keyHash, "oldest": oldest(at: time)]
    ) { row in (Change.ID(try row.integer(0)), try row.blob(1).elementsEqual(key.bodyHash)) }
  }

  /// Removes at most `limit` keys that are a day old.
  ///
  /// The limit keeps the transaction short, because a transaction that removes many keys would delay changes.
  static func removeOld(at time: Timestamp, limit: Int, _ db: any LedgerConnection) throws {
    try db.execute(
      """
      DELETE FROM idempotency WHERE key_hash IN (
        SELECT key_hash FROM idempotency WHERE recorded < :oldest ORDER BY recorded LIMIT :limit
      )
      """,
      ["oldest": oldest(at: time), "limit": limit]
    )
  }

  /// Returns the earliest recording time of a key that is still valid at `time`, in microseconds since 1970.
  ///
  /// The result is earlier than `time` by the lifetime of a key.
  static func oldest(at time: Timestamp) -> Int64 {
    time.microseconds - IdempotencyKey.lifetime.components.seconds * 1_000_000
  }
}
