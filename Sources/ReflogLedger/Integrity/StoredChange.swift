import ReflogModel

/// The stored row of a change, together with the entries that the log stores for the change.
///
/// Only ``checked()`` returns the ``Change``, after a comparison with the log. So a change whose row does not match the
/// log is never shown, exported or rolled back.
struct StoredChange {
  private let change: Change
  private let intent: LoggedEntry?
  /// The entry of the outcome, or nil if the change is pending or was settled when it was recorded.
  private let outcome: LoggedEntry?
  private let personal: StoredPersonalPart
  private let statement: StoredStatement?
  /// The override of a freeze, or nil if the change did not override a freeze.
  private let overriding: StoredOverride?

  /// Creates a change from its row.
  init(
    _ change: Change,
    intent: LoggedEntry?,
    outcome: LoggedEntry?,
    personal: StoredPersonalPart,
    statement: StoredStatement?,
    overriding: StoredOverride? = nil
  ) {
    self.change = change
    self.intent = intent
    self.outcome = outcome
    self.personal = personal
    self.statement = statement
    self.overriding = overriding
  }

  var id: Change.ID { change.id }

  /// An entry of a change: the record that was computed from the row, and the hash that the log contains.
  struct Entry {
    let sequence: Int64
    let record: EntryRecord
    let hash: Hash

    /// Whether the row matches the log.
    var isAsLogged: Bool { record.hash == hash }
  }

  /// Returns the entries of the change: the first entry and, if the outcome has a separate entry, the entry of the
  /// outcome.
  ///
  /// The result is empty if the log has no entry of the change.
  func entries() throws -> [Entry] {
    guard let intent else { return [] }
    guard let settled = change.outcome, let outcome else {
      // If the change is settled and the separate entry of the outcome is missing, this record contains the outcome.
      // The hash of this record then differs from the hash of the intent in the log, so the check of the change fails.
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
          personal: try statementHash(),
          statedBy: statement?.actor
        ),
        hash: outcome.hash
      ),
    ]
  }

  /// Returns the entries of the change after each record was compared with the hash in the log.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row does not match the log.
  func checkedEntries() throws -> [Entry] {
    let entries = try entries()
    guard !entries.isEmpty, entries.allSatisfy(\.isAsLogged) else { throw LedgerError.altered(change.id) }
    return entries
  }

  /// Returns the change after its row was compared with the log.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row does not match the log, or if personal data is missing and no
  ///   recorded erasure deleted it.
  func checked() throws -> Change {
    _ = try checkedEntries()
    // Without this check, data that was deleted without a recorded erasure would look like data that never existed.
    let isExplained = !personal.isErased || change.erased != nil
    let isStatementExplained = statement?.part.isErased != true || statement?.erased != nil
    guard isExplained, isStatementExplained, try overriding?.isAsRecorded() ?? true else {
      throw LedgerError.altered(change.id)
    }
    return change
  }

  /// Returns the hash of the personal part of the first entry, or nil if the entry has no personal part.
  func personalHash() throws -> Hash? {
    try personal.hash { try PersonalPart(salt: $0, actor: change.intent.actor, reason: change.intent.reason) }
  }

  /// Returns the hash of the statement about the change, or nil if there is none.
  func statementHash() throws -> Hash? { try statement?.hash() }

  /// The erasures of the change's personal data, one for each erased entry.
  ///
  /// Each element contains the sequence number of the entry, and the id of the service event that claimed the data.
  var erasures: [(sequence: Int64, event: Int64?)] {
    var erasures: [(sequence: Int64, event: Int64?)] = []
    if case .erased(_, let event) = personal { erasures.append((change.intentSequence, event)) }
    if case .erased(_, let event) = statement?.part { erasures.append((change.sequence, event)) }
    return erasures
  }
}

extension EntryRecord {
  /// Creates the record of the first entry of a change.
  ///
  /// The record contains the intent. If the change was settled when it was recorded, the record also contains the
  /// outcome.
  init(firstOf change: Change, salt: Salt, personal: Hash?) throws(IntegrityError) {
    if let outcome = change.outcome {
      try self.init(settled: change, outcome: outcome, salt: salt, personal: personal)
    } else {
      try self.init(intentOf: change, sequence: change.sequence, salt: salt, personal: personal)
    }
  }
}
