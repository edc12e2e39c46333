import ReflogModel

/// What is gone from a ledger, though nothing that was signed when a verification began says so: a purge or an erasure may have taken it
/// meanwhile.
struct UnexplainedDeletions: Sendable {
  var changes: [ClosedRange<Int64>] = []
  var events: [ClosedRange<Int64>] = []
  /// Entries of changes and of events whose salt is gone.
  private(set) var entriesOfChanges = IDRanges()
  private(set) var entriesOfEvents = IDRanges()
  private(set) var erased: [Erased] = []

  /// A row whose personal data was erased: whose it was, and the entry that held it.
  struct Erased: Sendable {
    let subject: Subject
    let actor: Change.Actor?
    let sequence: Int64
  }

  enum Subject: Sendable {
    case change(Change.ID)
    case event(Int64)
  }

  var isEmpty: Bool {
    changes.isEmpty && events.isEmpty && entriesOfChanges.isEmpty && entriesOfEvents.isEmpty && erased.isEmpty
  }

  mutating func add(_ other: UnexplainedDeletions) {
    changes += other.changes
    events += other.events
    entriesOfChanges.formUnion(other.entriesOfChanges)
    entriesOfEvents.formUnion(other.entriesOfEvents)
    erased += other.erased
  }

  mutating func add(_ entry: LogRows.Entry) {
    if entry.change == nil {
      entriesOfEvents.append(entry.sequence...entry.sequence)
    } else {
      entriesOfChanges.append(entry.sequence...entry.sequence)
    }
  }

  mutating func add(_ erased: Erased) {
    self.erased.append(erased)
  }
}

extension LedgerVerification.Part {
  mutating func check(
    erased subject: UnexplainedDeletions.Subject,
    _ actor: Change.Actor?,
    at sequence: Int64,
    _ losses: RecordedDeletions
  ) {
    guard !losses.cover(actor, at: sequence) else { return }
    suspects.add(UnexplainedDeletions.Erased(subject: subject, actor: actor, sequence: sequence))
  }
}

extension LedgerVerification {
  /// Tells what was purged or erased from what is missing, by what is recorded by now.
  func judge(_ suspects: UnexplainedDeletions, _ losses: RecordedDeletions) -> Part {
    var part = Part()
    for gap in suspects.changes.flatMap({ losses.changes.gaps(in: $0) }) { part.report(.missingChanges(gap)) }
    for gap in suspects.events.flatMap({ losses.events.gaps(in: $0) }) { part.report(.missingEvents(gap)) }
    for erased in suspects.erased where !losses.cover(erased.actor, at: erased.sequence) {
      switch erased.subject {
      case .change(let change): part.report(.erasedUnrecorded(change: change))
      case .event(let event): part.report(.erasedUnrecordedEvent(event))
      }
    }
    let missing = suspects.entriesOfChanges.subtracting(losses.entriesOfChanges)
      .union(suspects.entriesOfEvents.subtracting(losses.entriesOfEvents))
    part.purged = suspects.entriesOfChanges.count + suspects.entriesOfEvents.count - missing.count
    for sequence in missing.ranges.lazy.joined().prefix(Self.maximumFindings) {
      part.report(.missing(sequence: sequence))
    }
    return part
  }
}
