import ReflogModel
import ReflogStorage

/// Reads and writes the rows of an append in SQLite; each SQL statement is prepared only once.
///
/// SQLite runs in this process, so each row is read when it is needed and written immediately.
final class SQLiteAppendStore: AppendStore {
  private let connection: Connection
  private let readHead, writeHead: Statement
  private let newestAtAddress, pendingOfConnector: Statement
  private let insertChange, insertPersonal, settle, resultOfChange: Statement
  private let insertEntryOfChange, insertEntryOfEvent, entryHash, insertSubtree: Statement
  private let findKey, keyState, insertKey: Statement

  /// Prepares the statements on the write connection.
  init(_ db: Connection) throws {
    connection = db
    readHead = try db.prepare("SELECT \(StoredHead.columns) FROM head")
    // Without the condition, SQLite would not know that only one row is updated. Then it would first collect the ids of
    // the rows in a temporary table.
    writeHead = try db.prepare(
      """
      UPDATE head SET next_sequence = ?, next_change = ?, next_event = ?, newest_time = ?, frontier = ?, checkpoint = ?,
        verifier_key = ? WHERE id = 1
      """
    )
    newestAtAddress = try db.prepare(
      """
      SELECT (SELECT id FROM change WHERE coalesce(address, -before_connector) = ?1 AND result = 'pending'),
        max(
          coalesce((\(Self.newestApplied) = FALSE ORDER BY id DESC LIMIT 1), 0),
          coalesce((\(Self.newestApplied) = TRUE ORDER BY id DESC LIMIT 1), 0)
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
        result, outcome_sequence, result_delay, http_status, error_code, error_message, retry_after, settler,
        graph_request_id
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """
    )
    insertPersonal = try db.prepare(
      "INSERT INTO change_personal (change, salt, actor_name, ip_address, reason) VALUES (?, ?, ?, ?, ?)"
    )
    settle = try db.prepare(
      """
      UPDATE change SET
        result = ?, outcome_sequence = ?, result_delay = ? - activity_time, http_status = ?, error_code = ?,
        error_message = ?, retry_after = ?, settler = ?, graph_request_id = ?, created_connector = ?, created_name = ?
      WHERE id = ? AND result = 'pending'
      """
    )
    resultOfChange = try db.prepare("SELECT result FROM change WHERE id = ?")
    insertEntryOfChange = try db.prepare("INSERT INTO entry (sequence, change, hash, salt) VALUES (?, ?, ?, ?)")
    insertEntryOfEvent = try db.prepare("INSERT INTO entry (sequence, event, hash, salt) VALUES (?, ?, ?, ?)")
    entryHash = try db.prepare("SELECT hash FROM entry WHERE sequence = ? AND change = ?")
    insertSubtree = try db.prepare("INSERT INTO subtree (level, position, hash) VALUES (?, ?, ?)")
    findKey = try db.prepare("SELECT change, body_hash FROM idempotency WHERE key_hash = ? AND recorded >= ?")
    keyState = try db.prepare("SELECT \(IdempotencyRows.freesKey) FROM change WHERE id = ?")
    insertKey = try db.prepare(
      """
      INSERT INTO idempotency (key_hash, body_hash, change, recorded) VALUES (?, ?, ?, ?)
      ON CONFLICT (key_hash) DO UPDATE SET
        body_hash = excluded.body_hash, change = excluded.change, recorded = excluded.recorded
      """
    )
  }

  func readHead(appending groups: [Group], _ identities: Identities) throws -> StoredHead? {
    try readHead.first { try StoredHead($0) }
  }

  func newestChanges(atAddress row: Int64) throws -> NewestChanges {
    newestAtAddress.bind(1, row)
    return try newestAtAddress.first { found in
      let (pending, applied) = (try found.optionalInteger(0), try found.integer(1))
      return NewestChanges(pending: pending, applied: applied > 0 ? applied : nil)
    } ?? NewestChanges(pending: nil, applied: nil)
  }

  func pendingChange(ofConnector row: Int64) throws -> Int64? {
    pendingOfConnector.bind(1, row)
    return try pendingOfConnector.first { try $0.integer(0) }
  }

  func request(with key: IdempotencyKey, notBefore oldest: Int64) throws -> KeyedRequest? {
    key.keyHash.withUnsafeBytes { findKey.bind(1, $0) }
    findKey.bind(2, oldest)
    let found = try findKey.first { row in (try row.integer(0), try row.blob(1).elementsEqual(key.bodyHash)) }
    guard let (change, isSameBody) = found else { return nil }
    keyState.bind(1, change)
    // If the change that was made with the key was purged, the key is free.
    guard let frees = try keyState.first({ try $0.bool(0) }) else { return nil }
    return KeyedRequest(change: change, isSameBody: isSameBody, frees: frees)
  }

  func result(of change: Int64) throws -> String? {
    resultOfChange.bind(1, change)
    return try resultOfChange.first { try $0.text(0) }
  }

  func hash(ofEntry sequence: Int64, of change: Int64) throws -> Hash? {
    entryHash.bind(1, sequence)
    entryHash.bind(2, change)
    return try entryHash.first { Hash(bytes: try $0.blob(0)) } ?? nil
  }

  func insert(_ row: ChangeRow) throws {
    let (statement, intent, outcome) = (insertChange, row.change.intent, row.change.outcome)
    statement.bind(1, row.change.id.number)
    statement.bind(2, row.change.sequence)
    statement.bind(3, row.change.activityDateTime.microseconds)
    statement.bind(4, row.address)
    statement.bind(5, intent.kind.rawValue)
    statement.bind(6, row.before.absent)
    statement.bind(7, row.before.connector)
    statement.bind(8, row.before.name)
    statement.bind(9, row.after.absent)
    statement.bind(10, row.after.connector)
    statement.bind(11, row.after.name)
    statement.bind(12, row.changedProperties)
    statement.bind(13, row.actor)
    statement.bind(14, intent.actor.proof?.rawValue)
    statement.bind(15, row.clientApp)
    statement.bind(16, requestID: intent.correlationID)
    statement.bind(17, requestID: intent.requestID)
    statement.bind(18, intent.rollbackOf?.number)
    statement.bind(19, intent.rollbackTo?.microseconds)
    statement.bind(20, requestID: intent.batchID)
    statement.bind(21, intent.lastVerifiedDateTime?.microseconds)
    statement.bind(22, row.change.result.rawValue)
    statement.bind(23, outcome.map { _ in row.change.sequence })
    statement.bind(24, row.resultDelay)
    statement.bind(25, (outcome?.httpStatus).map { Int64($0) })
    statement.bind(26, outcome?.code)
    statement.bind(27, outcome?.message)
    statement.bind(28, (outcome?.retryAfter).map { Int64($0) })
    statement.bind(29, outcome?.settledBy.column)
    statement.bind(30, requestID: outcome?.graphRequestID)
    try statement.run()
  }

  func insert(_ row: PersonalRow) throws {
    insertPersonal.bind(1, row.change)
    insertPersonal.bind(2, row.salt)
    insertPersonal.bind(3, row.actorName)
    insertPersonal.bind(4, row.ipAddress)
    insertPersonal.bind(5, row.reason)
    try insertPersonal.run()
  }

  func settle(_ row: OutcomeRow) throws -> Bool {
    let (statement, outcome) = (settle, row.outcome)
    statement.bind(1, outcome.result.rawValue)
    statement.bind(2, row.change.sequence)
    statement.bind(3, row.time)
    statement.bind(4, outcome.httpStatus.map { Int64($0) })
    statement.bind(5, outcome.code)
    statement.bind(6, row.message)
    statement.bind(7, outcome.retryAfter.map { Int64($0) })
    statement.bind(8, outcome.settledBy.column)
    statement.bind(9, requestID: outcome.graphRequestID)
    statement.bind(10, row.createdConnector)
    statement.bind(11, row.createdName)
    statement.bind(12, row.change.id.number)
    try statement.run()
    return connection.changedRowCount == 1
  }

  func insert(_ row: EntryRow) throws {
    let (statement, id) =
      switch row.subject {
      case .change(let id): (insertEntryOfChange, id.number)
      case .event(let id): (insertEntryOfEvent, id)
      }
    statement.bind(1, row.sequence)
    statement.bind(2, id)
    statement.bind(3, row.hash)
    statement.bind(4, row.salt)
    try statement.run()
  }

  func insert(_ row: SubtreeRow) throws {
    insertSubtree.bind(1, row.level)
    insertSubtree.bind(2, row.position)
    insertSubtree.bind(3, row.hash)
    try insertSubtree.run()
  }

  func insert(_ row: KeyRow) throws {
    row.key.keyHash.withUnsafeBytes { insertKey.bind(1, $0) }
    row.key.bodyHash.withUnsafeBytes { insertKey.bind(2, $0) }
    insertKey.bind(3, row.change)
    insertKey.bind(4, row.recorded)
    try insertKey.run()
  }

  func write(_ head: LedgerHead) throws {
    writeHead.bind(1, head.nextSequence)
    writeHead.bind(2, head.nextChange)
    writeHead.bind(3, head.nextEvent)
    writeHead.bind(4, head.newestTime.microseconds)
    head.frontierBytes.withUnsafeBytes { writeHead.bind(5, $0) }
    writeHead.bind(6, head.checkpoint)
    writeHead.bind(7, head.verifierKey)
    try writeHead.run()
  }

  /// The common start of two queries for the newest applied change at an address.
  ///
  /// One query continues with `= TRUE`, for the newest change with an effect. The other continues with `= FALSE`, for
  /// the newest change without an effect. SQLite uses the index `change_applied` only if the query contains exactly the
  /// expression of the index.
  private static let newestApplied = """
    SELECT id FROM change WHERE address = ?1 AND result = 'applied'
      AND (before_state <> after_state OR before_connector IS DISTINCT FROM after_connector)
    """
}
