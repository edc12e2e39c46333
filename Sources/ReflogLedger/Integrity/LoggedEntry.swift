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
