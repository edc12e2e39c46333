import ReflogModel
import ReflogStorage

/// The erasures in the ledger's file.
enum ErasureRows {
  /// An erasure that is not finished.
  struct Unfinished {
    let id: Int64
    /// The row number of the actor.
    let actor: Int64
    let actorType: String
    let actorID: String
    /// The id of the event that requests the erasure.
    let event: Int64
    /// The sequence number of the event that requests the erasure.
    let sequence: Int64
  }

  /// Returns all erasures, oldest first, each with the number of changes and the number of service events whose data
  /// was erased.
  static func all(_ db: any LedgerConnection) throws -> [Erasure] {
    let start = db.dialect.position(of: #"('{"asked":' || asked.event || ',')"#, in: "details")
    let claims = "(SELECT id FROM claim_event WHERE kind = 'erased' AND \(start) = 1)"
    return try db.rows(
      """
      SELECT asked.id, actor.actor_type, actor.actor_id, asking.time, asked.finished,
        (
          SELECT count(*) FROM (
            SELECT change.id FROM change JOIN change_personal AS personal ON personal.change = change.id
            WHERE change.actor = asked.actor AND personal.erased_event IN \(claims)
            UNION
            SELECT said.change FROM change_statement AS said
            WHERE said.actor = asked.actor AND said.erased_event IN \(claims)
          ) AS erased
        ),
        (
          SELECT count(*) FROM service_event JOIN service_event_personal AS personal
            ON personal.event = service_event.id
          WHERE service_event.actor = asked.actor AND personal.erased_event IN \(claims)
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
  /// There can be several actors, because a person and a program may have the same id, and an application may have
  /// several service principals.
  static func actors(
    _ subject: Erasure.Subject,
    _ db: any LedgerConnection
  ) throws -> [(row: Int64, type: Change.ActorType, id: String)] {
    func isSubject(_ column: String) -> String { db.dialect.equalIgnoringCase(column, ":id") }
    let condition =
      switch subject {
      case .actor: isSubject("actor_id")
      case .token: "actor_type = 'token' AND \(isSubject("actor_id"))"
      case .app:
        """
        actor_type = 'app' AND (
          \(isSubject("actor_id"))
          OR EXISTS (
            SELECT 1 FROM change JOIN client_app ON client_app.id = change.client_app
            WHERE change.actor = actor.id AND \(isSubject("client_app.app_id"))
          )
          OR EXISTS (
            SELECT 1 FROM service_event JOIN client_app ON client_app.id = service_event.client_app
            WHERE service_event.actor = actor.id AND \(isSubject("client_app.app_id"))
          )
        )
        """
      }
    return try db.rows(
      "SELECT id, actor_type, actor_id FROM actor WHERE \(condition) ORDER BY id",
      ["id": subject.id]
    ) { row in (try row.integer(0), try row.word(1, Change.ActorType.init), try row.text(2)) }
  }

  /// Returns the erasure that deleted a personal part, or nil if the part was not erased.
  ///
  /// An erased part contains the id of a service event. The result is also nil if that service event is not the claim
  /// of an erasure, or if the claim does not list the entry of the part.
  ///
  /// - Parameters:
  ///   - part: The personal part.
  ///   - sequence: The sequence number of the entry that contained the data.
  ///   - db: The connection.
  static func erased(_ part: StoredPersonalPart, at sequence: Int64, _ db: any LedgerConnection) throws -> Erased? {
    guard case .erased(_, let event?) = part else { return nil }
    let start = db.dialect.position(of: #"'"entries":"'"#, in: "details")
    let entries = #"(',' || rtrim(substr(details, \#(start) + 11), '"}') || ',')"#
    let position = db.dialect.position(of: "(',' || :sequence || ',')", in: entries)
    return try db.first(
      "SELECT id, time FROM service_event WHERE id = :event AND kind = 'erased' AND \(position) > 0",
      ["event": event, "sequence": sequence]
    ) { row in Erased(eventID: try row.integer(0), dateTime: try row.time(1)) }
  }

  /// The SQL expression for the id of the event that claimed a change's erased personal data.
  static let eventOfChange = "personal.erased_event"

  /// The SQL expression for the id of the event that claimed a person's erased statement about a change.
  static let eventOfStatement = """
    (SELECT erased.erased_event FROM change_statement AS erased WHERE erased.change = change.id)
    """

  /// Records an erasure; `event` is the service event that requests the erasure.
  static func insert(actor: Int64, event: Int64, _ db: any LedgerConnection) throws {
    try db.execute("INSERT INTO erasure (actor, event) VALUES (?, ?)", [actor, event])
  }

  /// Records that an erasure is finished; a second call has no effect.
  static func finish(_ erasure: Int64, at time: Timestamp, _ db: any LedgerConnection) throws {
    try db.execute(
      "UPDATE erasure SET finished = ? WHERE id = ? AND finished IS NULL",
      [time.microseconds, erasure]
    )
  }

  /// Returns the unfinished erasures, oldest first.
  static func unfinished(_ db: any LedgerConnection) throws -> [Unfinished] {
    try db.rows(
      """
      SELECT erasure.id, erasure.actor, actor.actor_type, actor.actor_id, erasure.event, service_event.sequence
      FROM erasure JOIN actor ON actor.id = erasure.actor JOIN service_event ON service_event.id = erasure.event
      WHERE erasure.finished IS NULL ORDER BY erasure.id
      """
    ) { row in
      Unfinished(
        id: try row.integer(0),
        actor: try row.integer(1),
        actorType: try row.text(2),
        actorID: try row.text(3),
        event: try row.integer(4),
        sequence: try row.integer(5)
      )
    }
  }
}
