#if PostgreSQL
import ReflogLedger
import ReflogModel
import ReflogStorage

/// The rows of a transaction that were not sent to the server yet.
///
/// One SQL statement writes all rows of a table. Each column is sent as one array.
struct RowBuffer {
  /// An SQL text with its parameters.
  struct SQL {
    let sql: String
    let parameters: [PostgreSQLConnection.Parameter]
  }

  private var outcomes: [OutcomeRow] = []
  private var changes: [ChangeRow] = []
  private var personal: [PersonalRow] = []
  private var entries: [EntryRow] = []
  private var subtrees: [SubtreeRow] = []
  private var keys: [KeyRow] = []
  private var head: LedgerHead?

  var isEmpty: Bool {
    outcomes.isEmpty && changes.isEmpty && personal.isEmpty && entries.isEmpty && subtrees.isEmpty && keys.isEmpty
      && head == nil
  }

  var entryCount: Int { entries.count }

  mutating func add(_ row: OutcomeRow) { outcomes.append(row) }
  mutating func add(_ row: ChangeRow) { changes.append(row) }
  mutating func add(_ row: PersonalRow) { personal.append(row) }
  mutating func add(_ row: EntryRow) { entries.append(row) }
  mutating func add(_ row: SubtreeRow) { subtrees.append(row) }
  mutating func add(_ head: LedgerHead) { self.head = head }

  mutating func add(_ row: KeyRow) {
    // Only the newest use of a key counts, and one SQL statement can't write the same row twice.
    keys.removeAll { $0.key.keyHash == row.key.keyHash }
    keys.append(row)
  }

  /// The SQL statements that write all rows, in the order that foreign keys need.
  ///
  /// The outcomes are first, because an address can get a new pending change only after its earlier change is settled.
  var statements: [SQL] {
    var statements: [SQL] = []
    if !outcomes.isEmpty { statements.append(settleStatement) }
    if !changes.isEmpty { statements.append(changeStatement) }
    if !personal.isEmpty { statements.append(personalStatement) }
    if !entries.isEmpty { statements.append(entryStatement) }
    if !subtrees.isEmpty { statements.append(subtreeStatement) }
    if !keys.isEmpty { statements.append(keyStatement) }
    if let head { statements.append(Self.statement(of: head)) }
    return statements
  }

  private var settleStatement: SQL {
    SQL(
      sql: """
        UPDATE change SET
          result = new.result, outcome_sequence = new.sequence, result_delay = new.time - change.activity_time,
          http_status = new.http_status, error_code = new.error_code, error_message = new.error_message,
          retry_after = new.retry_after, settler = new.settler, graph_request_id = new.graph_request_id,
          created_connector = new.created_connector, created_name = new.created_name
        FROM unnest(
          $1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::bigint[],
          $9::text[], $10::text[], $11::bigint[], $12::bigint[]
        ) AS new (
          id, result, sequence, time, http_status, error_code, error_message, retry_after, settler, graph_request_id,
          created_connector, created_name
        )
        WHERE change.id = new.id AND change.result = 'pending'
        """,
      parameters: [
        .integers(outcomes.map(\.change.id.number)),
        .texts(outcomes.map(\.outcome.result.rawValue)),
        .integers(outcomes.map(\.change.sequence)),
        .integers(outcomes.map(\.time)),
        .integers(outcomes.map { $0.outcome.httpStatus.map { Int64($0) } }),
        .texts(outcomes.map(\.outcome.code)),
        .texts(outcomes.map(\.message)),
        .integers(outcomes.map { $0.outcome.retryAfter.map { Int64($0) } }),
        .texts(outcomes.map(\.outcome.settledBy.column)),
        .texts(outcomes.map(\.outcome.graphRequestID)),
        .integers(outcomes.map(\.createdConnector)),
        .integers(outcomes.map(\.createdName)),
      ]
    )
  }

  private var changeStatement: SQL {
    SQL(
      sql: """
        INSERT INTO change (
          id, intent_sequence, activity_time, address, kind, before_absent, before_connector, before_name,
          after_absent, after_connector, after_name, changed_properties, actor, actor_proof, client_app,
          correlation_id, request_id, rollback_of, rollback_to, batch_id, last_verified_time,
          result, outcome_sequence, result_delay, http_status, error_code, error_message, retry_after, settler,
          graph_request_id
        )
        SELECT * FROM unnest(
          $1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
          $9::text[], $10::bigint[], $11::bigint[], $12::text[], $13::bigint[], $14::text[], $15::bigint[],
          $16::text[], $17::text[], $18::bigint[], $19::bigint[], $20::text[], $21::bigint[],
          $22::text[], $23::bigint[], $24::bigint[], $25::bigint[], $26::text[], $27::text[], $28::bigint[], $29::text[],
          $30::text[]
        )
        """,
      parameters: changeIntents + changeOutcomes
    )
  }

  private var changeIntents: [PostgreSQLConnection.Parameter] {
    let intents = changes.map(\.change.intent)
    return [
      .integers(changes.map(\.change.id.number)),
      .integers(changes.map(\.change.sequence)),
      .integers(changes.map(\.change.activityDateTime.microseconds)),
      .integers(changes.map(\.address)),
      .texts(intents.map(\.kind.rawValue)),
      .texts(changes.map(\.before.absent)),
      .integers(changes.map(\.before.connector)),
      .integers(changes.map(\.before.name)),
      .texts(changes.map(\.after.absent)),
      .integers(changes.map(\.after.connector)),
      .integers(changes.map(\.after.name)),
      .texts(changes.map(\.changedProperties)),
      .integers(changes.map(\.actor)),
      .texts(intents.map(\.actor.proof?.rawValue)),
      .integers(changes.map(\.clientApp)),
      .texts(intents.map(\.correlationID)),
      .texts(intents.map(\.requestID)),
      .integers(intents.map(\.rollbackOf?.number)),
      .integers(intents.map(\.rollbackTo?.microseconds)),
      .texts(intents.map(\.batchID)),
      .integers(intents.map(\.lastVerifiedDateTime?.microseconds)),
    ]
  }

  private var changeOutcomes: [PostgreSQLConnection.Parameter] {
    let outcomes = changes.map(\.change.outcome)
    return [
      .texts(changes.map(\.change.result.rawValue)),
      .integers(changes.map { $0.change.outcome == nil ? nil : $0.change.sequence }),
      .integers(changes.map(\.resultDelay)),
      .integers(outcomes.map { $0?.httpStatus.map { Int64($0) } }),
      .texts(outcomes.map { $0?.code }),
      .texts(outcomes.map { $0?.message }),
      .integers(outcomes.map { $0?.retryAfter.map { Int64($0) } }),
      .texts(outcomes.map { $0?.settledBy.column }),
      .texts(outcomes.map { $0?.graphRequestID }),
    ]
  }

  private var personalStatement: SQL {
    SQL(
      sql: """
        INSERT INTO change_personal (change, salt, actor_name, ip_address, reason)
        SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bigint[], $4::text[], $5::text[])
        """,
      parameters: [
        .integers(personal.map(\.change)),
        .byteStrings(personal.map(\.salt.bytes)),
        .integers(personal.map(\.actorName)),
        .texts(personal.map(\.ipAddress)),
        .texts(personal.map(\.reason)),
      ]
    )
  }

  private var entryStatement: SQL {
    SQL(
      sql: """
        INSERT INTO entry (sequence, change, event, hash, salt)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bytea[], $5::bytea[])
        """,
      parameters: [
        .integers(entries.map(\.sequence)),
        .integers(entries.map { if case .change(let id) = $0.subject { id.number } else { nil } }),
        .integers(entries.map { if case .event(let id) = $0.subject { id } else { nil } }),
        .byteStrings(entries.map(\.hash.bytes)),
        .byteStrings(entries.map(\.salt.bytes)),
      ]
    )
  }

  private var subtreeStatement: SQL {
    SQL(
      sql: """
        INSERT INTO subtree (level, position, hash) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[])
        """,
      parameters: [
        .integers(subtrees.map(\.level)),
        .integers(subtrees.map(\.position)),
        .byteStrings(subtrees.map(\.hash.bytes)),
      ]
    )
  }

  private var keyStatement: SQL {
    SQL(
      sql: """
        INSERT INTO idempotency (key_hash, body_hash, change, recorded)
        SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::bigint[], $4::bigint[])
        ON CONFLICT (key_hash) DO UPDATE SET
          body_hash = excluded.body_hash, change = excluded.change, recorded = excluded.recorded
        """,
      parameters: [
        .byteStrings(keys.map(\.key.keyHash)),
        .byteStrings(keys.map(\.key.bodyHash)),
        .integers(keys.map(\.change)),
        .integers(keys.map(\.recorded)),
      ]
    )
  }

  private static func statement(of head: LedgerHead) -> SQL {
    SQL(
      sql: """
        UPDATE head SET next_sequence = $1, next_change = $2, next_event = $3, newest_time = $4, frontier = $5,
          checkpoint = $6, verifier_key = $7
        WHERE id = 1
        """,
      parameters: [
        .integer(head.nextSequence), .integer(head.nextChange), .integer(head.nextEvent),
        .integer(head.newestTime.microseconds), .bytes(head.frontierBytes),
        head.checkpoint.map { .text($0) } ?? .null, head.verifierKey.map { .text($0) } ?? .null,
      ]
    )
  }
}
#endif
