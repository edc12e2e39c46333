import ReflogModel

/// A change as its row says it, beside what the log has of it. Only ``checked()`` makes a ``Change`` of it, so that no row is shown,
/// exported or rolled back to that is not what was logged.
struct StoredChange {
  private let change: Change
  private let intent: LoggedEntry?
  /// Nil if the change is pending, or was settled when it was recorded.
  private let outcome: LoggedEntry?
  private let personal: StoredPersonalPart
  private let statement: StoredStatement?

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

  /// An entry of a change: its record, made again from the row, and the hash that the log has of it.
  struct Entry {
    let sequence: Int64
    let record: EntryRecord
    let hash: Hash

    /// Whether the row says what was logged.
    var isAsLogged: Bool { record.hash == hash }
  }

  /// The entries of the change: the first, and behind it that of its outcome if it has one. Empty if the log does not know the change.
  func entries() throws -> [Entry] {
    guard let intent else { return [] }
    guard let settled = change.outcome, let outcome else {
      // A settled change that lacks the entry of its outcome gives another record than its intent did.
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

  /// The entries, each as it was logged. Throws ``LedgerError/altered(_:)`` if one is not.
  func checkedEntries() throws -> [Entry] {
    let entries = try entries()
    guard !entries.isEmpty, entries.allSatisfy(\.isAsLogged) else { throw LedgerError.altered(change.id) }
    return entries
  }

  /// The change, its row being what was logged. Throws ``LedgerError/altered(_:)`` if it is not.
  func checked() throws -> Change {
    _ = try checkedEntries()
    return change
  }

  /// The hash of the personal part of the first entry, or nil if it has none.
  func personalHash() throws -> Hash? {
    try personal.hash { try PersonalPart(salt: $0, actor: change.intent.actor, reason: change.intent.reason) }
  }

  /// The hash of what a person stated of the change, or nil if no person did.
  func statementHash() throws -> Hash? { try statement?.hash() }

  /// Whose personal data was erased from which entry of the change.
  var erasures: [(actor: Change.Actor, sequence: Int64)] {
    var erasures: [(actor: Change.Actor, sequence: Int64)] = []
    if personal.isErased { erasures.append((change.intent.actor, change.intentSequence)) }
    if let statement, statement.part.isErased { erasures.append((statement.actor, change.sequence)) }
    return erasures
  }
}

extension EntryRecord {
  /// The record of the first entry of a change: its intent, or all of it if the change was settled when it was recorded.
  init(firstOf change: Change, salt: Salt, personal: Hash?) throws(IntegrityError) {
    if let outcome = change.outcome {
      try self.init(settled: change, outcome: outcome, salt: salt, personal: personal)
    } else {
      try self.init(intentOf: change, sequence: change.sequence, salt: salt, personal: personal)
    }
  }
}
