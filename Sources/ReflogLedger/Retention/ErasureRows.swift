import ReflogModel
import ReflogStorage

/// The erasures in the ledger's file.
enum ErasureRows {
  /// Returns all erasures, oldest first.
  static func all(_ db: Connection) throws -> [Erasure] {
    try db.rows(
      """
      SELECT asked.id, actor.actor_type, actor.actor_id, asking.time, asked.finished,
        (
          SELECT count(*) FROM (
            SELECT change.id FROM change JOIN change_personal AS personal ON personal.change = change.id
            WHERE change.actor = asked.actor AND \(eventOfChange) = asked.event
            UNION
            SELECT change.id FROM change_statement AS said JOIN change ON change.id = said.change
            WHERE said.actor = asked.actor AND \(eventOfStatement) = asked.event
          )
        ),
        (
          SELECT count(*) FROM service_event JOIN service_event_personal AS personal
            ON personal.event = service_event.id
          WHERE service_event.actor = asked.actor AND personal.erased_hash IS NOT NULL
            AND \(event(actor: "service_event.actor", sequence: "service_event.sequence")) = asked.event
        )
      FROM erasure AS asked
      JOIN actor ON actor.id = asked.actor JOIN service_event AS asking ON asking.id = asked.event ORDER BY asked.id
      """
    ) { row in
      Erasure(
        id: try row.integer(0),
        actorType: try row.word(1, Change.ActorType.init),
        actorID: try row.text(2),
        asked: try row.time(3),
        finished: try row.optionalTime(4),
        changes: try row.integer(5),
        events: try row.integer(6)
      )
    }
  }

  /// Returns the rows of all actors that the subject of an erasure identifies.
  ///
  /// A program and a person may have the same id. An application may have several service principals.
  static func actors(
    _ subject: Erasure.Subject,
    _ db: Connection
  ) throws -> [(row: Int64, type: Change.ActorType, id: String)] {
    let condition =
      switch subject {
      case .actor: "actor_id = :id COLLATE NOCASE"
      case .token: "actor_type = 'token' AND actor_id = :id COLLATE NOCASE"
      case .app:
        """
        actor_type = 'app' AND (
          actor_id = :id COLLATE NOCASE
          OR EXISTS (
            SELECT 1 FROM change JOIN client_app ON client_app.id = change.client_app
            WHERE change.actor = actor.id AND client_app.app_id = :id COLLATE NOCASE
          )
          OR EXISTS (
            SELECT 1 FROM service_event JOIN client_app ON client_app.id = service_event.client_app
            WHERE service_event.actor = actor.id AND client_app.app_id = :id COLLATE NOCASE
          )
        )
        """
      }
    return try db.rows(
      "SELECT id, actor_type, actor_id FROM actor WHERE \(condition) ORDER BY id",
      ["id": subject.id]
    ) { row in (try row.integer(0), try row.word(1, Change.ActorType.init), try row.text(2)) }
  }

  /// Returns the erasure that deleted an actor's personal data from an entry, or nil if no recorded erasure did.
  ///
  /// - Parameters:
  ///   - actor: The row number of the actor.
  ///   - sequence: The sequence number of the entry that contained the data.
  static func erased(actor: Int64, at sequence: Int64, _ db: Connection) throws -> Erased? {
    try db.first(
      """
      SELECT service_event.id, service_event.time FROM service_event
      WHERE service_event.id = \(event(actor: ":actor", sequence: ":sequence"))
      """,
      ["actor": actor, "sequence": sequence]
    ) { row in Erased(eventID: try row.integer(0), dateTime: try row.time(1)) }
  }

  /// The SQL expression of the event that erased the personal data of a row of `change` and `personal`.
  static let eventOfChange = """
    iif(personal.erased_hash IS NULL, NULL, \(event(actor: "change.actor", sequence: "change.intent_sequence")))
    """

  /// The SQL expression of the event that erased a person's statement about a row of `change`.
  static let eventOfStatement = """
    (SELECT \(event(actor: "erased.actor", sequence: "change.outcome_sequence"))
    FROM change_statement AS erased WHERE erased.change = change.id AND erased.erased_hash IS NOT NULL)
    """

  /// Returns the SQL expression of the id of the first event that erased an actor's data behind an entry.
  private static func event(actor: String, sequence: String) -> String {
    """
    (SELECT min(erasure.event) FROM erasure JOIN service_event AS erasing ON erasing.id = erasure.event
    WHERE erasure.actor = \(actor) AND erasing.sequence > \(sequence))
    """
  }

  /// Throws ``LedgerError/corrupt(_:)`` unless the event with this id requests the erasure of this actor's data.
  static func check(_ event: Int64, isOf actor: Int64, _ db: Connection) throws {
    let asked = try EventRows.checked("service_event.id = ?", [event], db).first?.content
    let found = try db.first("SELECT actor_type, actor_id FROM actor WHERE id = ?", [actor]) { row in
      (type: try row.text(0), id: try row.text(1))
    }
    guard let asked, let found, asked.kind == .erased, asked.details["actorType"]?.string == found.type,
      asked.details["actorId"]?.string == found.id
    else { throw LedgerError.corrupt("an erasure has no recorded request") }
  }

  /// Records an erasure that an event requests.
  static func insert(actor: Int64, event: Int64, _ db: Connection) throws {
    try db.execute("INSERT INTO erasure (actor, event) VALUES (?, ?)", [actor, event])
  }

  /// Records that an erasure is finished; a second call has no effect.
  static func finish(_ erasure: Int64, at time: Timestamp, _ db: Connection) throws {
    try db.execute(
      "UPDATE erasure SET finished = ? WHERE id = ? AND finished IS NULL",
      [time.microseconds, erasure]
    )
  }

  /// Returns the unfinished erasures, oldest first.
  ///
  /// Each erasure has four numbers: the id of the erasure, the row number of the actor, the id of the event that
  /// requests the erasure, and the sequence number of the event.
  static func unfinished(_ db: Connection) throws -> [(id: Int64, actor: Int64, event: Int64, sequence: Int64)] {
    try db.rows(
      """
      SELECT erasure.id, erasure.actor, erasure.event, service_event.sequence FROM erasure
      JOIN service_event ON service_event.id = erasure.event WHERE erasure.finished IS NULL ORDER BY erasure.id
      """
    ) { row in (try row.integer(0), try row.integer(1), try row.integer(2), try row.integer(3)) }
  }
}
