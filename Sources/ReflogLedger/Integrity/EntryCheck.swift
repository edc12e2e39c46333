import Foundation
import GRDB
import ReflogModel

/// Holds entries against the rows that they were made of.
struct EntryCheck {
  private let db: Database
  private let records: Records

  init(_ db: Database) {
    self.db = db
    records = Records(db)
  }

  /// An entry's record, made anew from its row, and the hash that the log has of it.
  struct Pair {
    let sequence: Int64
    let record: EntryRecord
    let logged: Hash

    /// Whether the row says what was hashed.
    func agrees() throws -> Bool { try record.hash() == logged }
  }

  /// The entries of a change: its first, and where it has one that of its outcome.
  func records(of change: Change) throws -> [Pair] {
    let rows = try Row.fetchAll(
      db.cachedStatement(
        sql: """
          SELECT entry.sequence, entry.hash, entry.salt, change.intent_sequence FROM change
          JOIN entry ON entry.sequence IN (change.intent_sequence, change.outcome_sequence)
          WHERE change.id = ? AND entry.change = change.id ORDER BY entry.sequence
          """
      ),
      arguments: [change.id.number]
    )
    var first: Hash?
    return try rows.map { row in
      let (sequence, logged, salt) = try Self.values(row)
      guard sequence != row[3] as Int64 else {
        first = logged
        return Pair(
          sequence: sequence,
          record: try records.intent(of: change, at: sequence, salt),
          logged: logged
        )
      }
      guard let first, let outcome = change.outcome else {
        throw LedgerError.corrupt("change \(change.id) has an outcome and no beginning")
      }
      return Pair(
        sequence: sequence,
        record: try records.outcome(outcome, of: change, intent: first, salt),
        logged: logged
      )
    }
  }

  /// The entry of a service event; nothing where there is none.
  func record(of event: ServiceEvent) throws -> Pair? {
    let row = try Row.fetchOne(
      db.cachedStatement(sql: "SELECT sequence, hash, salt FROM entry WHERE sequence = ? AND event = ?"),
      arguments: [event.sequence, event.id]
    )
    return try row.map { row in
      let (sequence, logged, salt) = try Self.values(row)
      return Pair(sequence: sequence, record: try records.event(event, salt), logged: logged)
    }
  }

  private static func values(_ row: Row) throws -> (Int64, Hash, Salt) {
    guard let hash = (row[1] as Data?).flatMap({ Hash(bytes: $0) }),
      let salt = (row[2] as Data?).flatMap({ Salt(bytes: $0) })
    else { throw LedgerError.corrupt("entry \(row[0] as Int64) has no hash or no salt") }
    return (row[0], hash, salt)
  }
}
