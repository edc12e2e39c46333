import ReflogModel

/// A change as it is stored in its row, together with what the log stores of it.
///
/// Only ``checked()`` returns a ``Change``. Therefore no change is shown, exported or rolled back if its row is not
/// what was logged.
struct StoredChange {
  private let change: Change
  private let intent: LoggedEntry?
  /// The entry of the outcome, or nil if the change is pending or was settled when it was recorded.
  private let outcome: LoggedEntry?
  private let personal: StoredPersonalPart
  private let statement: StoredStatement?

  /// Creates a change from its row.
  init(
    _ change: Change,
    intent: LoggedEntry?,
    outcome: LoggedEntry?,
    personal: StoredPersonalPart,
    statement: StoredStatement?
  ) {
    self.change = change
    self.intent = intent
    self.outcome = outcome
    self.personal = personal
    self.statement = statement
  }

  var id: Change.ID { change.id }

  /// An entry of a change: its record, computed again from the row, and the hash in the log.
  struct Entry {
    let sequence: Int64
    let record: EntryRecord
    let hash: Hash

    /// Whether the row is what was logged.
    var isAsLogged: Bool { record.hash == hash }
  }

  /// Returns the first entry of the change and, if its outcome has a separate entry, that entry.
  ///
  /// The result is empty if the log has no entry of the change.
  func entries() throws -> [Entry] {
    guard let intent else { return [] }
    guard let settled = change.outcome, let outcome else {
      // If the entry of the outcome is missing, this record differs from that of the intent, so the check fails.
      let record = try EntryRecord(firstOf: change, salt: intent.salt, personal: try personalHash())
      return [Entry(sequence: change.intentSequence, record: record, hash: intent.hash)]
    }
    return [
      Entry(
        sequence: change.intentSequence,
        record: try EntryRecord(
          intentOf: change,
          sequence: change.intentSequence,
          salt: intent.salt,
          personal: try personalHash()
        ),
        hash: intent.hash
      ),
      Entry(
        sequence: change.sequence,
        record: try EntryRecord(
          outcome: settled,
          of: change,
          intent: intent.hash,
          salt: outcome.salt,
          personal: try statementHash()
        ),
        hash: outcome.hash
      ),
    ]
  }

  /// Returns the entries after each was checked against the log.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row is not what was logged.
  func checkedEntries() throws -> [Entry] {
    let entries = try entries()
    guard !entries.isEmpty, entries.allSatisfy(\.isAsLogged) else { throw LedgerError.altered(change.id) }
    return entries
  }

  /// Returns the change after its row was checked against the log.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row is not what was logged.
  func checked() throws -> Change {
    _ = try checkedEntries()
    return change
  }

  /// Returns the hash of the personal part of the first entry, or nil if it has none.
  func personalHash() throws -> Hash? {
    try personal.hash { try PersonalPart(salt: $0, actor: change.intent.actor, reason: change.intent.reason) }
  }

  /// Returns the hash of the statement about the change, or nil if there is none.
  func statementHash() throws -> Hash? { try statement?.hash() }

  /// The actors whose personal data was erased from the change, with the entry of each.
  var erasures: [(actor: Change.Actor, sequence: Int64)] {
    var erasures: [(actor: Change.Actor, sequence: Int64)] = []
    if personal.isErased { erasures.append((change.intent.actor, change.intentSequence)) }
    if let statement, statement.part.isErased { erasures.append((statement.actor, change.sequence)) }
    return erasures
  }
}

extension EntryRecord {
  /// Creates the record of the first entry of a change: its intent, or the whole change if it was settled when it was
  /// recorded.
  init(firstOf change: Change, salt: Salt, personal: Hash?) throws(IntegrityError) {
    if let outcome = change.outcome {
      try self.init(settled: change, outcome: outcome, salt: salt, personal: personal)
    } else {
      try self.init(intentOf: change, sequence: change.sequence, salt: salt, personal: personal)
    }
  }
}
