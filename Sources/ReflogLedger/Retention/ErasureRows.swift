import ReflogModel
import ReflogStorage

/// The erasures in the ledger's file.
enum ErasureRows {
  /// Returns all erasures, oldest first.
  static func all(_ db: Connection) throws -> [Erasure] {
    try db.rows(
      """
      SELECT erasure.id, actor.actor_type, actor.actor_id, service_event.time, erasure.finished FROM erasure
      JOIN actor ON actor.id = erasure.actor JOIN service_event ON service_event.id = erasure.event ORDER BY erasure.id
      """
    ) { row in
      Erasure(
        id: try row.integer(0),
        actorType: try row.word(1, Change.ActorType.init),
        actorID: try row.text(2),
        asked: try row.time(3),
        finished: try row.optionalTime(4)
      )
    }
  }

  /// Returns the rows of all actors with this id, because a program and a person may have the same id.
  static func actors(_ id: String, _ db: Connection) throws -> [(row: Int64, type: Change.ActorType, id: String)] {
    try db.rows(
      "SELECT id, actor_type, actor_id FROM actor WHERE actor_id = ? COLLATE NOCASE ORDER BY id",
      [id]
    ) { row in (try row.integer(0), try row.word(1, Change.ActorType.init), try row.text(2)) }
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
