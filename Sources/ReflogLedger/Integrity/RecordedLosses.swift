import ReflogModel

/// What the ledger itself says is gone: purged, erased, or lost with a newer copy of it.
struct RecordedLosses: Sendable {
  private(set) var changes = IDRanges()
  private(set) var events = IDRanges()
  /// The entries whose records went with changes, and with events. What an entry is of is said by no hash, so it is known by its number
  /// alone.
  private(set) var entriesOfChanges = IDRanges()
  private(set) var entriesOfEvents = IDRanges()
  /// The purges that somebody asked for: no other deletes anything.
  private var asked: Set<Int64> = []
  /// Up to which entry what is said of an actor may have been erased.
  private var erasures: [Erased: Int64] = [:]

  private struct Erased: Hashable {
    let type: String
    let id: [UInt8]

    init(_ type: String, _ id: String) {
      self.type = type
      self.id = Array(id.utf8)
    }
  }

  /// Takes in what an event says, which is what was logged.
  mutating func add(_ event: ServiceEvent) {
    let details = event.content.details
    switch event.content.kind {
    case .purgeAsked:
      if let purge = details["purge"]?.wholeNumber { asked.insert(purge) }
    case .purged:
      guard let purge = details["purge"]?.wholeNumber, asked.contains(purge) else { return }
      changes.formUnion(event.content.ids("changes"))
      events.formUnion(event.content.ids("events"))
      if event.content.details["events"] == nil {
        entriesOfChanges.formUnion(event.content.ids("entries"))
      } else {
        entriesOfEvents.formUnion(event.content.ids("entries"))
      }
    case .purgeWithdrawn:
      changes = changes.subtracting(event.content.ids("changes"))
      events = events.subtracting(event.content.ids("events"))
      entriesOfChanges = entriesOfChanges.subtracting(event.content.ids("entries"))
      entriesOfEvents = entriesOfEvents.subtracting(event.content.ids("entries"))
    case .olderLedgerAccepted:
      // Their entries were another log's.
      changes.formUnion(event.content.ids("lostChanges"))
    case .erased:
      guard let type = details["actorType"]?.string, let id = details["actorId"]?.string else { return }
      erasures[Erased(type, id)] = event.sequence
    case .start, .stop, .clockAccepted, .historyRead, .export, .authenticationFailure, .denied, .tokenCreated,
      .tokenRevoked, .retentionSet, .holdPlaced, .holdReleased, .keyRotated, .backup:
      return
    }
  }

  /// Whether what an entry recorded was purged on the record, and was what it says.
  func cover(_ entry: LogRows.Entry) -> Bool {
    entry.change == nil ? entriesOfEvents.contains(entry.sequence) : entriesOfChanges.contains(entry.sequence)
  }

  /// Whether what an entry says of somebody was erased on the record.
  func cover(_ actor: Change.Actor?, at sequence: Int64) -> Bool {
    guard let actor, let id = actor.id else { return false }
    return erasures[Erased(actor.type.rawValue, id)].map { sequence < $0 } ?? false
  }
}

extension ServiceEvent.Content {
  /// The ids that it names so; none where it does not.
  func ids(_ name: String) -> IDRanges {
    details[name]?.string.flatMap { IDRanges($0) } ?? IDRanges()
  }
}
