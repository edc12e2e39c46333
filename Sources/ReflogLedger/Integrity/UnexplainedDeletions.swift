import ReflogModel

/// What is missing from a ledger and was not recorded as deleted when the verification began.
///
/// A purge or an erasure may have deleted it during the verification.
struct UnexplainedDeletions: Sendable {
  var changes: [ClosedRange<Int64>] = []
  var events: [ClosedRange<Int64>] = []
  /// The entries of changes whose salt is missing.
  private(set) var entriesOfChanges = IDRanges()
  /// The entries of service events whose salt is missing.
  private(set) var entriesOfEvents = IDRanges()
  private(set) var erased: [Erased] = []

  /// A row whose personal data is missing: the actor of the data, and the entry that held it.
  struct Erased: Sendable {
    let subject: Subject
    let actor: Change.Actor?
    let sequence: Int64
  }

  /// The kind of a row and its number.
  enum Subject: Sendable {
    case change(Change.ID)
    case event(Int64)
  }

  var isEmpty: Bool {
    changes.isEmpty && events.isEmpty && entriesOfChanges.isEmpty && entriesOfEvents.isEmpty && erased.isEmpty
  }

  /// Adds what is missing from another part of the ledger.
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
  /// Notes a row whose personal data is missing, unless a recorded erasure deleted it.
  mutating func check(
    erased subject: UnexplainedDeletions.Subject,
    _ actor: Change.Actor?,
    at sequence: Int64,
    _ deletions: RecordedDeletions
  ) {
    guard !deletions.cover(actor, at: sequence) else { return }
    unexplained.add(UnexplainedDeletions.Erased(subject: subject, actor: actor, sequence: sequence))
  }
}

extension LedgerVerification {
  /// Returns findings for what is missing, without what is recorded as purged or erased by now.
  func findings(of unexplained: UnexplainedDeletions, _ deletions: RecordedDeletions) -> Part {
    var part = Part()
    for gap in unexplained.changes.flatMap({ deletions.changes.gaps(in: $0) }) { part.report(.missingChanges(gap)) }
    for gap in unexplained.events.flatMap({ deletions.events.gaps(in: $0) }) { part.report(.missingEvents(gap)) }
    for erased in unexplained.erased where !deletions.cover(erased.actor, at: erased.sequence) {
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
