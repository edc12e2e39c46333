import ReflogModel

/// What the ledger's own events say is gone: purged, erased, or lost with a newer copy of the ledger.
struct RecordedDeletions: Sendable {
  private(set) var changes = IDRanges()
  private(set) var events = IDRanges()
  /// The entries that were purged with changes, and with events. No hash covers what an entry is of, so it is known by its number alone.
  private(set) var entriesOfChanges = IDRanges()
  private(set) var entriesOfEvents = IDRanges()
  /// The purges that were asked for: no other purge deletes anything.
  private var asked: Set<Int64> = []
  /// The entry below which the personal data of an actor may have been erased.
  private var erasures: [Erased: Int64] = [:]

  private struct Erased: Hashable {
    let type: String
    let id: [UInt8]

    init(_ type: String, _ id: String) {
      self.type = type
      self.id = Array(id.utf8)
    }
  }

  /// Adds what an event says is gone. The event is as it was logged.
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
      // Their entries were in another log.
      changes.formUnion(event.content.ids("lostChanges"))
    case .erased:
      guard let type = details["actorType"]?.string, let id = details["actorId"]?.string else { return }
      erasures[Erased(type, id)] = event.sequence
    case .start, .stop, .clockAccepted, .historyRead, .export, .authenticationFailure, .denied, .tokenCreated,
      .tokenRevoked, .retentionSet, .holdPlaced, .holdReleased, .keyRotated, .backup:
      return
    }
  }

  /// Whether an entry was purged on record.
  func cover(_ entry: LogRows.Entry) -> Bool {
    entry.change == nil ? entriesOfEvents.contains(entry.sequence) : entriesOfChanges.contains(entry.sequence)
  }

  /// Whether the personal data of an actor in an entry was erased on record.
  func cover(_ actor: Change.Actor?, at sequence: Int64) -> Bool {
    guard let actor, let id = actor.id else { return false }
    return erasures[Erased(actor.type.rawValue, id)].map { sequence < $0 } ?? false
  }
}

extension ServiceEvent.Content {
  /// The ids in a detail of this name; empty if there is none.
  func ids(_ name: String) -> IDRanges {
    details[name]?.string.flatMap { IDRanges($0) } ?? IDRanges()
  }
}
