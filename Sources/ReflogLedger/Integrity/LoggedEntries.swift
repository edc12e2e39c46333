import Foundation
import GRDB
import ReflogModel

/// What the log has of the changes of a range, read at once.
struct LoggedEntries {
  /// What the log has of one change: its first entry, where it has one that of its outcome, and the salt of what its first
  /// entry says of people.
  struct OfChange {
    let first: Entry?
    let newest: Entry?
    let personal: Salt?
  }

  struct Entry {
    let hash: Hash
    let salt: Salt
  }

  private let known: [Int64: OfChange]

  subscript(change: Change.ID) -> OfChange? { known[change.number] }

  private enum Column: Int32 {
    case id, firstHash, firstSalt, newestHash, newestSalt, personalSalt
  }

  init(ofChanges ids: ClosedRange<Int64>, _ db: Database) throws {
    let statement = try db.cachedStatement(
      sql: """
        SELECT change.id, first.hash, first.salt, newest.hash, newest.salt, personal.salt FROM change
        LEFT JOIN entry AS first ON first.sequence = change.intent_sequence AND first.change = change.id
        LEFT JOIN entry AS newest ON newest.sequence = change.outcome_sequence
          AND change.outcome_sequence <> change.intent_sequence AND newest.change = change.id
        LEFT JOIN change_personal AS personal ON personal.change = change.id
        WHERE change.id BETWEEN ? AND ?
        """
    )
    statement.arguments = [ids.lowerBound, ids.upperBound]
    var known: [Int64: OfChange] = [:]
    try StatementRows<Column>.forEach(statement) { row in
      known[try row.number(.id)] = OfChange(
        first: Self.entry(row, .firstHash, .firstSalt),
        newest: Self.entry(row, .newestHash, .newestSalt),
        personal: Salt(bytes: row.bytes(.personalSalt))
      )
    }
    self.known = known
  }

  /// What the log has of a service event; nothing where it does not know it.
  static func entry(of event: ServiceEvent, _ db: Database) throws -> Entry? {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT hash, salt FROM entry WHERE sequence = :sequence AND event = :event"),
      arguments: ["sequence": event.sequence, "event": event.id]
    )
    guard let row, let hash = (row[0] as Data?).flatMap({ Hash(bytes: $0) }),
      let salt = (row[1] as Data?).flatMap({ Salt(bytes: $0) })
    else { return nil }
    return Entry(hash: hash, salt: salt)
  }

  private static func entry(_ row: StatementRow<Column>, _ hash: Column, _ salt: Column) -> Entry? {
    guard let hash = Hash(bytes: row.bytes(hash)), let salt = Salt(bytes: row.bytes(salt)) else { return nil }
    return Entry(hash: hash, salt: salt)
  }
}
