import ReflogModel

/// The missing rows and data whose deletion was not recorded when the verification began.
///
/// A purge or an erasure may run during the verification and delete rows and data. So the newest events are read again
/// before anything is reported as missing.
struct UnexplainedDeletions: Sendable {
  var changes: [ClosedRange<Int64>] = []
  var events: [ClosedRange<Int64>] = []
  /// The entries that belong to changes and have no salt.
  private(set) var entriesOfChanges = IDRanges()
  /// The entries that belong to service events and have no salt.
  private(set) var entriesOfEvents = IDRanges()
  private(set) var erased: [Erased] = []

  /// A row whose personal data is missing.
  struct Erased: Sendable {
    let subject: Subject
    /// The sequence number of the entry that contained the data.
    let sequence: Int64
    /// The id of the event with the claim of the erasure that deleted the data, or nil if the row contains no event id.
    let event: Int64?
  }

  /// The change or the service event whose personal data is missing.
  enum Subject: Sendable {
    case change(Change.ID)
    case event(Int64)
  }

  var isEmpty: Bool {
    changes.isEmpty && events.isEmpty && entriesOfChanges.isEmpty && entriesOfEvents.isEmpty && erased.isEmpty
  }

  /// Adds the missing rows and data of another part of the ledger.
  mutating func add(_ other: UnexplainedDeletions) {
    changes += other.changes
    events += other.events
    entriesOfChanges.formUnion(other.entriesOfChanges)
    entriesOfEvents.formUnion(other.entriesOfEvents)
    erased += other.erased
  }

  /// Adds an entry whose salt is missing.
  mutating func add(_ entry: LogRows.Entry) {
    if entry.change == nil {
      entriesOfEvents.append(entry.sequence...entry.sequence)
    } else {
      entriesOfChanges.append(entry.sequence...entry.sequence)
    }
  }

  /// Adds a row whose personal data is missing.
  mutating func add(_ erased: Erased) {
    self.erased.append(erased)
  }
}

extension LedgerVerification.Part {
  /// Adds a row with missing personal data to the unexplained deletions, if no recorded erasure deleted the data.
  mutating func check(_ erased: UnexplainedDeletions.Erased, _ deletions: RecordedDeletions) {
    if !deletions.cover(erased) { unexplained.add(erased) }
  }
}

extension LedgerVerification {
  /// Returns a finding for each missing row, and counts the entries that a recorded purge deleted.
  ///
  /// - Parameters:
  ///   - unexplained: The rows and data that were missing without a recorded deletion when the verification began.
  ///   - deletions: The deletions that are recorded at the end of the verification. Missing rows and data that these
  ///     deletions explain cause no finding.
  func findings(of unexplained: UnexplainedDeletions, _ deletions: RecordedDeletions) -> Part {
    var part = Part()
    for gap in unexplained.changes.flatMap({ deletions.changes.gaps(in: $0) }) { part.report(.missingChanges(gap)) }
    for gap in unexplained.events.flatMap({ deletions.events.gaps(in: $0) }) { part.report(.missingEvents(gap)) }
    for erased in unexplained.erased where !deletions.cover(erased) {
      switch erased.subject {
      case .change(let change): part.report(.erasedUnrecorded(change: change))
      case .event(let event): part.report(.erasedUnrecordedEvent(event))
      }
    }
    let missing = unexplained.entriesOfChanges.subtracting(deletions.entriesOfChanges)
      .union(unexplained.entriesOfEvents.subtracting(deletions.entriesOfEvents))
    part.purged = unexplained.entriesOfChanges.count + unexplained.entriesOfEvents.count - missing.count
    for sequence in missing.ranges.lazy.joined().prefix(Self.maximumFindings) {
      part.report(.missing(sequence: sequence))
    }
    return part
  }
}
