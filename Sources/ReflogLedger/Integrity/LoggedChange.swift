import ReflogModel

/// A change as its row has it, beside what the log has of it.
struct LoggedChange {
  let change: Change
  let first: LoggedEntry?
  /// Of its outcome; nothing where it is pending, or was born settled.
  let newest: LoggedEntry?
  /// Of what its first entry says of people; nothing where that is nothing, or was erased.
  let personalSalt: Salt?
  /// What stands in the place of what was erased.
  let erasedHash: Hash?

  /// An entry's record, made anew from its row, and the hash that the log has of it.
  struct Pair {
    let sequence: Int64
    let record: EntryRecord
    let logged: Hash

    /// Whether the row says what was hashed.
    var agrees: Bool { record.hash == logged }
  }

  /// Its entries: the first, and where it has one that of its outcome; none where the log does not know the change.
  func pairs(_ records: Records) throws -> [Pair] {
    guard let first else { return [] }
    let personal = try personalHash()
    guard let outcome = change.outcome, let newest else {
      // Pending, or born settled; any other lacks the entry of its outcome, and does not give its first as one that was.
      let record = try Records.first(of: change, first.salt, personal: personal)
      return [Pair(sequence: change.intentSequence, record: record, logged: first.hash)]
    }
    return [
      Pair(
        sequence: change.intentSequence,
        record: try EntryRecord(
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

  /// The change, its row being what was logged. Throws ``LedgerError/altered(_:)`` where it is not.
  func checked(_ records: Records) throws -> Change {
    let pairs = try pairs(records)
    guard !pairs.isEmpty, pairs.allSatisfy(\.agrees) else { throw LedgerError.altered(change.id) }
    return change
  }

  private func personalHash() throws -> Hash? {
    if let erasedHash { return erasedHash }
    return try personalSalt.map { salt in
      try PersonalPart(salt: salt, actor: change.intent.actor, reason: change.intent.reason).hash
    }
  }
}
