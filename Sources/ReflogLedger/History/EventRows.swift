import ReflogModel
import ReflogStorage

/// Reads service events from their rows.
enum EventRows {
  /// Returns the stored rows of the service events that a condition selects, without comparing them with the log.
  ///
  /// The condition may use the columns of two tables: `service_event`, and `personal` for the personal part of the
  /// event.
  ///
  /// - Throws: ``LedgerError/corrupt(_:)`` if a row contains a value that Reflog never writes.
  static func stored(_ condition: String, _ arguments: SQLArguments, _ db: any LedgerConnection) throws -> [StoredEvent]
  {
    var events: [StoredEvent] = []
    try db.forEach(select + " " + condition, arguments) { row in
      do { events.append(try StoredEvent(row, db)) } catch StorageError.unexpectedValue(let column) {
        throw LedgerError.corrupt("\(column) of service event \(try row.integer(0)) is not valid")
      }
    }
    return events
  }

  /// Returns the service events that a condition selects, without comparing them with the log.
  static func events(_ condition: String, _ arguments: SQLArguments, _ db: any LedgerConnection) throws
    -> [ServiceEvent]
  {
    try stored(condition, arguments, db).map(\.event)
  }

  /// Returns the events that a condition selects, after each event was compared with the log.
  ///
  /// - Throws: ``LedgerError/corrupt(_:)`` if the row of an event does not match the log.
  static func checked(_ condition: String, _ arguments: SQLArguments, _ db: any LedgerConnection) throws
    -> [ServiceEvent]
  {
    try stored(condition, arguments, db).map { try $0.checked() }
  }

  /// Returns the events that fulfil a condition and are about the keys or the name of the log, oldest first.
  static func ofKeys(_ condition: String, _ db: any LedgerConnection) throws -> [ServiceEvent] {
    try checked("\(condition) AND \(LedgerHead.Parts.keyEvents) ORDER BY service_event.id", [], db)
  }

  /// Returns the newest event that fulfils a condition and is about the keys or the name of the log, or nil if there is
  /// none.
  static func newestOfKeys(_ condition: String, _ db: any LedgerConnection) throws -> ServiceEvent? {
    try checked("\(condition) AND \(LedgerHead.Parts.keyEvents) ORDER BY service_event.id DESC LIMIT 1", [], db).first
  }

  /// The beginning of the SQL query for service events; a caller appends the condition.
  ///
  /// The column `misplaced_identity` is true if the data of the actor is not valid: an identity row is missing or
  /// belongs to another actor, or the event has data of an actor but has no actor.
  private static let select = """
    SELECT service_event.id, service_event.sequence, service_event.time, service_event.kind, service_event.count,
      service_event.details, service_event.actor_proof, actor.actor_type, actor.actor_id, actor_name.name,
      actor_name.user_principal_name, client_app.app_id, personal.ip_address, personal.actor_name,
      personal.salt, personal.erased_hash, entry.hash, entry.salt,
      (service_event.actor IS NULL) <> (actor.id IS NULL) OR (personal.actor_name IS NULL) <> (actor_name.id IS NULL)
        OR (service_event.client_app IS NULL) <> (client_app.id IS NULL)
        OR (actor.id IS NULL AND (service_event.actor_proof IS NOT NULL OR service_event.client_app IS NOT NULL
          OR personal.event IS NOT NULL))
        AS misplaced_identity,
      personal.erased_event, personal.reason
    FROM service_event
    LEFT JOIN actor ON actor.id = service_event.actor
    LEFT JOIN service_event_personal AS personal ON personal.event = service_event.id
    LEFT JOIN actor_name ON actor_name.id = personal.actor_name AND actor_name.actor = actor.id
    LEFT JOIN client_app ON client_app.id = service_event.client_app
    LEFT JOIN entry ON entry.sequence = service_event.sequence AND entry.event = service_event.id
    WHERE
    """
}

extension StoredEvent {
  /// Reads the columns that ``EventRows`` selects, in their order.
  fileprivate init(_ row: Row, _ db: any LedgerConnection) throws {
    guard try !row.bool(18) else { throw row.unexpected(18) }
    personal = try StoredPersonalPart(row, salt: 14, erasedHash: 15, erasedEvent: 19, texts: [12, 13, 20])
    let sequence = try row.integer(1)
    event = ServiceEvent(
      id: try row.integer(0),
      sequence: sequence,
      activityDateTime: try row.time(2),
      content: ServiceEvent.Content(
        try row.word(3, ServiceEvent.Kind.init),
        actor: try Self.actor(row),
        count: try row.required(Int(exactly: try row.integer(4)), 4),
        details: try row.required(try JSONValue(parsing: try row.text(5).utf8).object, 5),
        reason: try row.optionalText(20)
      ),
      erased: try ErasureRows.erased(personal, at: sequence, db)
    )
    entry = try LoggedEntry(row, hash: 16, salt: 17)
  }

  /// Reads the actor, or returns nil if the event has none.
  private static func actor(_ row: Row) throws -> Change.Actor? {
    guard !row.isNull(7) else { return nil }
    return Change.Actor(
      type: try row.word(7, Change.ActorType.init),
      id: try row.optionalText(8),
      name: try row.optionalText(9),
      userPrincipalName: try row.optionalText(10),
      clientAppID: try row.optionalText(11),
      ipAddress: try row.optionalText(12),
      proof: row.isNull(6) ? nil : try row.word(6, Change.Proof.init)
    )
  }
}
