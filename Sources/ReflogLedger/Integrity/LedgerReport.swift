package import ReflogModel

/// The result of the verification of a ledger.
package struct LedgerReport: Sendable {
  /// What is wrong with rows, in the order of the log.
  package let findings: [Finding]
  /// What is wrong with the log itself, and up to which entry it is as it was signed.
  package let log: LogVerification.Report
  /// How many changes were checked.
  package let changes: Int64
  /// How many entries were purged, on record.
  package let purgedEntries: Int64
  /// From how many changes, statements and events personal data was erased, on record.
  package let erased: Int64

  package var isClean: Bool { findings.isEmpty && log.findings.isEmpty }

  /// A row that is not what was logged.
  package enum Finding: Hashable, Sendable {
    /// The columns of a change are not those that were logged.
    case altered(change: Change.ID, sequence: Int64)
    /// A change that the log does not know, or whose newest entry is missing.
    case unlogged(change: Change.ID)
    case damaged(change: Change.ID, problem: String)
    case alteredEvent(Int64, sequence: Int64)
    case unloggedEvent(Int64)
    /// An entry whose change or event is missing, and no recorded purge deleted it.
    case missing(sequence: Int64)
    /// No row has these ids, and no recorded purge deleted them.
    case missingChanges(ClosedRange<Int64>)
    case missingEvents(ClosedRange<Int64>)
    /// An entry of nothing, or of two things.
    case strangeEntry(sequence: Int64)
    /// An entry behind the end of the log.
    case foreignEntry(sequence: Int64)
    /// The head of the log gives another number of entries than its checkpoint was signed over.
    case headMismatch(size: Int64, signed: Int64)
    /// A part of the head that Reflog can't have written.
    case strangeHead(HeadPart)
    /// The personal data of a change is gone, and no recorded erasure took it.
    case erasedUnrecorded(change: Change.ID)
    case erasedUnrecordedEvent(Int64)
    case damagedEvent(Int64, problem: String)
    /// Two rows of a table of identities have the same identity: this one, and another.
    case doubled(table: String, row: Int64)
    /// The file is damaged where these entries are stored.
    case unreadableEntries(Range<Int64>, problem: String)
  }

  /// A part of the head beside its checkpoint.
  package enum HeadPart: Hashable, Sendable {
    /// The right edge of the tree.
    case tree
    /// The number that the next change gets, and the newest one in the file.
    case nextChange(Int64, newest: Int64)
    /// The same for service events.
    case nextEvent(Int64, newest: Int64)
  }
}

extension LedgerReport.Finding: Comparable, CustomStringConvertible {
  package static func < (left: LedgerReport.Finding, right: LedgerReport.Finding) -> Bool {
    left.position < right.position
  }

  /// Changes, events, entries, other rows; each by number.
  private var position: (Int, Int64) {
    switch self {
    case .altered(let change, _), .unlogged(let change), .damaged(let change, _), .erasedUnrecorded(let change):
      (0, change.number)
    case .missingChanges(let ids): (0, ids.lowerBound)
    case .missingEvents(let ids): (1, ids.lowerBound)
    case .alteredEvent(let event, _), .unloggedEvent(let event),
      .erasedUnrecordedEvent(let event), .damagedEvent(let event, _):
      (1, event)
    case .missing(let sequence), .strangeEntry(let sequence), .foreignEntry(let sequence): (2, sequence)
    case .headMismatch(let size, _): (2, size)
    case .strangeHead: (2, .max)
    case .doubled(_, let row): (3, row)
    case .unreadableEntries(let range, _): (2, range.lowerBound)
    }
  }

  package var description: String {
    switch self {
    case .altered(let change, let sequence):
      "Change \(change) is not what was recorded: its row does not give entry \(sequence)."
    case .unlogged(let change):
      "Change \(change) is not in the log as its row says: it was added or moved, or its entry is gone."
    case .damaged(let change, let problem): "Change \(change) can't be read: \(problem)"
    case .alteredEvent(let event, let sequence):
      "Service event \(event) is not what was recorded: its row does not give entry \(sequence)."
    case .unloggedEvent(let event): "Service event \(event) is not in the log: it was added or moved."
    case .missing(let sequence): "What entry \(sequence) records is missing."
    case .missingChanges(let ids) where ids.count == 1:
      "Change \(ids.lowerBound) is missing, and no purge is on record that deleted it."
    case .missingChanges(let ids):
      "The changes \(ids.lowerBound) to \(ids.upperBound) are missing, and no purge is on record that deleted them."
    case .missingEvents(let ids) where ids.count == 1:
      "Service event \(ids.lowerBound) is missing, and no purge is on record that deleted it."
    case .missingEvents(let ids):
      "The service events \(ids.lowerBound) to \(ids.upperBound) are missing, and no purge is on record that deleted them."
    case .strangeEntry(let sequence):
      "Entry \(sequence) is of nothing, or of a change and an event, or of something although it was emptied."
    case .foreignEntry(let sequence):
      "Entry \(sequence) stands behind the signed end of the log: Reflog did not append it."
    case .headMismatch(let size, let signed):
      "The head of the log counts \(size) entries, and its checkpoint was signed over \(signed)."
    case .strangeHead(.tree): "The head of the log keeps another edge of the tree than that of the entries."
    case .strangeHead(.nextChange(let next, let newest)):
      "The head of the log gives \(next) as the number of the next change, and there is a change \(newest)."
    case .strangeHead(.nextEvent(let next, let newest)):
      "The head of the log gives \(next) as the number of the next service event, and there is a service event \(newest)."
    case .erasedUnrecorded(let change):
      "What change \(change) says of people is gone, and no erasure is on record that took it."
    case .erasedUnrecordedEvent(let event):
      "What service event \(event) says of people is gone, and no erasure is on record that took it."
    case .damagedEvent(let event, let problem): "Service event \(event) can't be read: \(problem)"
    case .doubled(let table, let row):
      "Row \(row) of the table \(table) is of the same thing as another row there, so what one of them says is not found."
    case .unreadableEntries(let range, let problem):
      "The entries \(range.lowerBound) to \(range.upperBound - 1) can't all be read: \(problem)"
    }
  }
}
