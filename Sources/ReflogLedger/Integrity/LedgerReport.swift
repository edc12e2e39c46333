package import ReflogModel

/// The result of the verification of a ledger.
package struct LedgerReport: Sendable {
  /// The problems with rows, sorted by kind and then by number.
  ///
  /// Findings about the schema are first. Findings about changes, service events, entries and all other rows follow, in
  /// this order.
  package let findings: [Finding]
  /// The problems with the entries of the log, and the last entry up to which the log matches the signed checkpoints.
  package let log: LogVerification.Report
  /// The number of changes that were checked.
  package let changes: Int64
  /// The number of entries that were deleted by a recorded purge.
  package let purgedEntries: Int64
  /// The total number of changes, statements and events whose personal data was deleted by a recorded erasure.
  package let erased: Int64

  /// Whether the verification found no problem.
  package var isClean: Bool { findings.isEmpty && log.findings.isEmpty }

  /// A problem with a row, such as a row that does not match the log.
  package enum Finding: Hashable, Sendable {
    /// The columns of the change do not match the log entry of the change.
    case altered(change: Change.ID, sequence: Int64)
    /// The log has no entry of the change, or lacks the newest entry of the change.
    case unlogged(change: Change.ID)
    /// The row of the change can't be read.
    case damaged(change: Change.ID, problem: String)
    /// The columns of the service event do not match the log entry of the event.
    case alteredEvent(Int64, sequence: Int64)
    /// The log has no entry of the service event.
    case unloggedEvent(Int64)
    /// The change or service event of the entry is missing, and no recorded purge deleted it.
    case missing(sequence: Int64)
    /// The changes with these ids are missing, and no recorded purge deleted them.
    case missingChanges(ClosedRange<Int64>)
    /// The service events with these ids are missing, and no recorded purge deleted them.
    case missingEvents(ClosedRange<Int64>)
    /// The entry does not refer to exactly one change or service event, or the entry was purged but still refers to a
    /// change or service event.
    case strangeEntry(sequence: Int64)
    /// The entry has a higher sequence number than the head row of the log allows.
    case foreignEntry(sequence: Int64)
    /// The number of entries in the head row of the log differs from the number that the signed checkpoint covers.
    case headMismatch(size: Int64, signed: Int64)
    /// A part of the head row of the log has a value that Reflog never writes in this state of the ledger.
    case strangeHead(HeadPart)
    /// The personal data of the change is missing, and no recorded erasure deleted it.
    case erasedUnrecorded(change: Change.ID)
    /// The personal data of the service event is missing, and no recorded erasure deleted it.
    case erasedUnrecordedEvent(Int64)
    /// The row of the service event can't be read.
    case damagedEvent(Int64, problem: String)
    /// Two rows of a table contain the same id or the same name; `row` is the number of one of the two rows.
    case doubled(table: String, row: Int64)
    /// The database finds that a table or one of its indexes is damaged.
    ///
    /// An index that does not match its table can hide rows from a query.
    case damagedTable(String, problem: String)
    /// A table, an index or a view is missing or altered, or was added.
    ///
    /// `name` contains the type and the name of this table, index or view.
    case alteredSchema(name: String)
    /// The root in a service event does not match the entries.
    ///
    /// The event records the replacement of a lost key. The root covers the part of the log that the lost key signed.
    case strangeFormerPart(event: Int64)
    /// A stored hash of a complete subtree of the Merkle tree does not match the entries.
    case strangeSubtree(level: Int64, position: Int64)
    /// At least one of these entries can't be read.
    case unreadableEntries(Range<Int64>, problem: String)
  }

  /// A part of the head row of the log, other than the checkpoint.
  package enum HeadPart: Hashable, Sendable {
    /// The hashes at the right edge of the tree.
    case tree
    /// The id of the next change, which must be the id that follows the newest change.
    case nextChange(Int64, expected: Int64)
    /// The id of the next service event, which must be the id that follows the newest service event.
    case nextEvent(Int64, expected: Int64)
    /// The time of the newest entry.
    case newestTime
    /// The key that signed the checkpoint.
    case key
  }
}

extension LedgerReport.Finding: Comparable, CustomStringConvertible {
  /// Returns whether a finding is listed before another finding in a report.
  package static func < (left: LedgerReport.Finding, right: LedgerReport.Finding) -> Bool {
    left.position < right.position
  }

  /// The position of a finding in a report: the position of the kind of finding, and the number of the row.
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
    case .strangeFormerPart(let event): (1, event)
    case .strangeSubtree(_, let position): (2, position)
    case .doubled(_, let row): (3, row)
    case .damagedTable: (3, .max)
    // An altered schema can be the cause of all other findings, so it is listed first.
    case .alteredSchema: (-1, 0)
    case .unreadableEntries(let range, _): (2, range.lowerBound)
    }
  }

  package var description: String {
    switch self {
    case .altered(let change, let sequence):
      "Change \(change) is not what was recorded: its row does not match entry \(sequence)."
    case .unlogged(let change):
      "Change \(change) has no matching entry in the log: it was added or moved, or its entry was deleted."
    case .damaged(let change, let problem): "Change \(change) can't be read: \(ended: problem)"
    case .alteredEvent(let event, let sequence):
      "Service event \(event) is not what was recorded: its row does not match entry \(sequence)."
    case .unloggedEvent(let event): "Service event \(event) is not in the log: it was added or moved."
    case .missing(let sequence):
      "The change or service event of entry \(sequence) is missing, and no recorded purge deleted it."
    case .missingChanges(let ids) where ids.count == 1:
      "Change \(ids.lowerBound) is missing, and no recorded purge deleted it."
    case .missingChanges(let ids):
      "Changes \(ids.lowerBound) to \(ids.upperBound) are missing, and no recorded purge deleted them."
    case .missingEvents(let ids) where ids.count == 1:
      "Service event \(ids.lowerBound) is missing, and no recorded purge deleted it."
    case .missingEvents(let ids):
      "Service events \(ids.lowerBound) to \(ids.upperBound) are missing, and no recorded purge deleted them."
    case .strangeEntry(let sequence):
      "Entry \(sequence) is not valid: it must refer to exactly one change or service event, or to none "
        + "if it was purged."
    case .foreignEntry(let sequence):
      "Entry \(sequence) is after the signed end of the log: Reflog did not append it."
    case .headMismatch(let size, let signed):
      "The head of the log counts \(size) entries, but its signed checkpoint covers \(signed) entries."
    case .strangeHead(.tree): "The tree in the head of the log does not match the entries."
    case .strangeHead(.nextChange(let next, let expected)):
      "In the head of the log, the next change has the number \(next), but it must have the number \(expected)."
    case .strangeHead(.nextEvent(let next, let expected)):
      "In the head of the log, the next service event has the number \(next), but it must have the number \(expected)."
    case .strangeHead(.newestTime): "The time in the head of the log is not the time of the newest entry."
    case .strangeHead(.key): "The key in the head of the log did not sign the checkpoint in the head."
    case .erasedUnrecorded(let change):
      "The personal data of change \(change) is missing, and no recorded erasure deleted it."
    case .erasedUnrecordedEvent(let event):
      "The personal data of service event \(event) is missing, and no recorded erasure deleted it."
    case .damagedEvent(let event, let problem): "Service event \(event) can't be read: \(ended: problem)"
    case .doubled(let table, let row):
      "Row \(row) of the table \(table) has the same identity as another row, so a query finds only one of them."
    case .damagedTable(let table, let problem):
      "The table \(table) is damaged, so a query can miss rows: \(ended: problem)"
    case .alteredSchema(let name):
      "The schema is not Reflog's, so a query can miss rows: the \(name) is missing, altered or added."
    case .strangeFormerPart(let event):
      "The entries that a lost key signed do not match the root that service event \(event) recorded for them."
    case .strangeSubtree(let level, let position):
      "The stored hash \(position) of level \(level) of the tree does not match the entries."
    case .unreadableEntries(let range, let problem):
      "Some of the entries \(range.lowerBound) to \(range.upperBound - 1) can't be read: \(ended: problem)"
    }
  }
}
