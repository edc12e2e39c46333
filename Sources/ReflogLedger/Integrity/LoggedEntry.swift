import Foundation
import GRDB
import ReflogModel

/// What the log has of an entry that was not purged.
struct LoggedEntry {
  let hash: Hash
  let salt: Salt

  /// Nothing where the columns do not hold both.
  init?<Column>(_ columns: StatementRow<Column>, _ hash: Column, _ salt: Column) throws {
    guard let hash = try columns.blob(hash).flatMap({ Hash(bytes: $0) }),
      let salt = try columns.blob(salt).flatMap({ Salt(bytes: $0) })
    else { return nil }
    self.hash = hash
    self.salt = salt
  }

  /// What the log has of a service event; nothing where it does not know it.
  init?(of event: ServiceEvent, _ db: Database) throws {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT hash, salt FROM entry WHERE sequence = :sequence AND event = :event"),
      arguments: ["sequence": event.sequence, "event": event.id]
    )
    guard let row, let hash = try row.optionalBytes(0).flatMap({ Hash(bytes: $0) }),
      let salt = try row.optionalBytes(1).flatMap({ Salt(bytes: $0) })
    else { return nil }
    self.hash = hash
    self.salt = salt
  }
}

extension EventRows {
  /// Events, each of which is what was logged; throws where one is not.
  static func logged(_ condition: String, _ arguments: StatementArguments, _ db: Database) throws -> [ServiceEvent] {
    let events = try events(condition, arguments, db)
    for event in events {
      guard let entry = try LoggedEntry(of: event, db), try Records(db).event(event, entry.salt).hash == entry.hash
      else {
        throw LedgerError.corrupt("service event \(event.id), which is not what was logged")
      }
    }
    return events
  }
}
