import Foundation
import GRDB
import ReflogModel

/// Erasures in the ledger's file.
enum ErasureRows {
  /// All erasures, oldest first.
  static func all(_ db: Database) throws -> [Erasure] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT erasure.id, actor.actor_type, actor.actor_id, service_event.time, erasure.finished FROM erasure
          JOIN actor ON actor.id = erasure.actor JOIN service_event ON service_event.id = erasure.event ORDER BY erasure.id
          """
      )
    ).map { row in
      guard let type = Change.ActorType(rawValue: row["actor_type"]) else {
        throw LedgerError.corrupt("an erasure of an actor of no type that there is")
      }
      return Erasure(
        id: row["id"],
        actorType: type,
        actorID: row["actor_id"],
        asked: Timestamp(microseconds: row["time"]),
        finished: (row["finished"] as Int64?).map(Timestamp.init(microseconds:))
      )
    }
  }

  /// The rows of actors with this id; a program's and a person's may be the same text.
  static func actors(_ id: String, _ db: Database) throws -> [(row: Int64, type: Change.ActorType, id: String)] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: "SELECT id, actor_type, actor_id FROM actor WHERE actor_id = ? COLLATE NOCASE ORDER BY id"
      ),
      arguments: [id]
    ).map { row in
      guard let type = Change.ActorType(rawValue: row[1]) else {
        throw LedgerError.corrupt("actor \(row[0] as Int64) is of no type that there is")
      }
      return (row[0], type, try row.text(2))
    }
  }

  /// Throws where an event does not say that this actor is to be erased.
  static func check(_ event: Int64, isOf actor: Int64, _ db: Database) throws {
    let asked = try EventRows.logged("service_event.id = ?", [event], db).first?.content
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT actor_type, actor_id FROM actor WHERE id = ?"),
      arguments: [actor]
    )
    guard let asked, let row, asked.kind == .erased, asked.details["actorType"]?.string == (try row.text(0)),
      asked.details["actorId"]?.string == (try row.text(1))
    else { throw LedgerError.corrupt("an erasure that nobody asked for") }
  }

  static func insert(actor: Int64, event: Int64, _ db: Database) throws {
    try db.execute(sql: "INSERT INTO erasure (actor, event) VALUES (?, ?)", arguments: [actor, event])
  }

  static func finish(_ erasure: Int64, at time: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: "UPDATE erasure SET finished = ? WHERE id = ? AND finished IS NULL",
      arguments: [time.microseconds, erasure]
    )
  }

  /// The erasures under way, oldest first: whose, and by which event, with which entry, they are on record.
  static func unfinished(_ db: Database) throws -> [(id: Int64, actor: Int64, event: Int64, sequence: Int64)] {
    try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT erasure.id, erasure.actor, erasure.event, service_event.sequence FROM erasure
          JOIN service_event ON service_event.id = erasure.event WHERE erasure.finished IS NULL ORDER BY erasure.id
          """
      )
    ).map { ($0[0], $0[1], $0[2], $0[3]) }
  }
}
