import ReflogStorage

/// The SQL statements that changes use; each statement is prepared only once.
struct LedgerStatements {
  let readHead, writeHead: Statement
  let newestAtAddress, pendingOfConnector: Statement
  let insertChange, insertPersonal, settle, result: Statement
  let insertEntryOfChange, insertEntryOfEvent, entryHash, insertSubtree: Statement
  let findKey, keyState, insertKey: Statement

  /// Prepares the statements on the write connection.
  init(_ db: Connection) throws {
    readHead = try db.prepare(
      "SELECT next_sequence, next_change, next_event, newest_time, checkpoint, \(LedgerHead.newestColumns) FROM head"
    )
    writeHead = try db.prepare(
      """
      UPDATE head SET next_sequence = ?, next_change = ?, next_event = ?, newest_time = ?, frontier = ?, checkpoint = ?,
        verifier_key = ?
      """
    )
    newestAtAddress = try db.prepare(
      """
      SELECT (SELECT id FROM change WHERE coalesce(address, -before_connector) = ?1 AND result = 'pending'),
        max(
          coalesce((\(Self.newestApplied) = 0 ORDER BY id DESC LIMIT 1), 0),
          coalesce((\(Self.newestApplied) = 1 ORDER BY id DESC LIMIT 1), 0)
        )
      """
    )
    pendingOfConnector = try db.prepare(
      "SELECT id FROM change WHERE coalesce(address, -before_connector) = -?1 AND result = 'pending'"
    )
    insertChange = try db.prepare(
      """
      INSERT INTO change (
        id, intent_sequence, activity_time, address, kind, before_absent, before_connector, before_name,
        after_absent, after_connector, after_name, changed_properties, actor, actor_proof, client_app,
        correlation_id, request_id, rollback_of, rollback_to, batch_id, last_verified_time,
        result, outcome_sequence, result_delay, http_status, error_code, error_message, settler, graph_request_id
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    )
    insertPersonal = try db.prepare(
      "INSERT INTO change_personal (change, salt, actor_name, ip_address, reason) VALUES (?, ?, ?, ?, ?)"
    )
    settle = try db.prepare(
      """
      UPDATE change SET
        result = ?, outcome_sequence = ?, result_delay = ? - activity_time, http_status = ?, error_code = ?,
        error_message = ?, settler = ?, graph_request_id = ?, created_connector = ?, created_name = ?
      WHERE id = ? AND result = 'pending'
      """
    )
    result = try db.prepare("SELECT result FROM change WHERE id = ?")
    insertEntryOfChange = try db.prepare("INSERT INTO entry (sequence, change, hash, salt) VALUES (?, ?, ?, ?)")
    insertEntryOfEvent = try db.prepare("INSERT INTO entry (sequence, event, hash, salt) VALUES (?, ?, ?, ?)")
    entryHash = try db.prepare("SELECT hash FROM entry WHERE sequence = ? AND change = ?")
    insertSubtree = try db.prepare("INSERT INTO subtree (level, position, hash) VALUES (?, ?, ?)")
    findKey = try db.prepare("SELECT change, body_hash FROM idempotency WHERE key_hash = ? AND recorded >= ?")
    // The result is true if a repetition of the request may succeed. Then the directory did not make the change, and
    // the cause was not the request itself.
    keyState = try db.prepare(
      """
      SELECT result = 'notApplied' OR coalesce(
        result = 'rejected' AND (http_status IN (401, 429) OR (http_status = 403 AND actor_proof IS NOT 'graph')), 0
      ) FROM change WHERE id = ?
      """
    )
    insertKey = try db.prepare(
      """
      INSERT INTO idempotency (key_hash, body_hash, change, recorded) VALUES (?, ?, ?, ?)
      ON CONFLICT (key_hash) DO UPDATE SET
        body_hash = excluded.body_hash, change = excluded.change, recorded = excluded.recorded
      """
    )
  }

  /// The start of a query for the newest applied change with or without an effect at an address.
  ///
  /// SQLite uses the index `change_applied` only if the query contains exactly the expression of the index.
  private static let newestApplied = """
    SELECT id FROM change WHERE address = ?1 AND result = 'applied'
      AND (before_state <> after_state OR before_connector IS NOT after_connector)
    """
}
