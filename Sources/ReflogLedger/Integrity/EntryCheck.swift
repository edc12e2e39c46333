import GRDB
import ReflogModel

/// Holds entries against the rows that they were made of, for the changes of a range.
struct EntryCheck {
  private let logged: LoggedEntries
  private let records: Records

  init(_ ids: ClosedRange<Int64>, _ db: Database) throws {
    logged = try LoggedEntries(ofChanges: ids, db)
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

  /// The entries of a change: its first, and where it has one that of its outcome; none where the log does not know it.
  func pairs(of change: Change) throws -> [Pair] {
    guard let logged = logged[change.id], let first = logged.first else { return [] }
    let personal = try logged.personal.map { salt in
      try PersonalPart(salt: salt, actor: change.intent.actor, reason: change.intent.reason).hash()
    }
    guard let outcome = change.outcome, let newest = logged.newest else {
      // Pending, or born settled; any other lacks the entry of its outcome, and does not give its first as one that was.
      return [
        Pair(
          sequence: change.intentSequence,
          record: Records.first(of: change, first.salt, personal: personal),
          logged: first.hash
        )
      ]
    }
    return [
      Pair(
        sequence: change.intentSequence,
        record: EntryRecord(
          intentOf: change,
          sequence: change.intentSequence,
          salt: first.salt,
          personal: personal
        ),
        logged: first.hash
      ),
      Pair(
        sequence: change.sequence,
        record: try records.outcome(outcome, of: change, intent: first.hash, newest.salt),
        logged: newest.hash
      ),
    ]
  }
}
