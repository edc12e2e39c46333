import ReflogModel

/// The rows and data that are missing for a recorded reason: a purge, an erasure, or the replacement by an older copy.
struct RecordedDeletions: Sendable {
  private(set) var changes = IDRanges()
  private(set) var events = IDRanges()
  /// The entries that were purged together with their changes, as sequence numbers.
  ///
  /// A purged entry still has its sequence number, but not the id of its change. So the entries of a purge are found by
  /// their sequence numbers.
  private(set) var entriesOfChanges = IDRanges()
  /// The entries that were purged together with their service events.
  private(set) var entriesOfEvents = IDRanges()
  /// The ids of the purges whose request is recorded.
  ///
  /// If the request of a purge is not recorded, the deletions by this purge do not count as recorded.
  private var asked: Set<Int64> = []
  /// The actors whose data is erased.
  ///
  /// The key is the id of the event that requests the erasure.
  private var erasures: [Int64: Actor] = [:]
  /// The entries whose personal data was claimed.
  ///
  /// The key is the id of the event with the claim of an erasure.
  private var erased: [Int64: IDRanges] = [:]

  /// The type and the id of an actor whose data was erased.
  ///
  /// The id is stored as bytes, because two ids must be equal byte by byte.
  private struct Actor: Hashable {
    let type: String
    let id: [UInt8]

    init?(_ details: JSONObject) {
      guard let type = details["actorType"]?.string, let id = details["actorId"]?.string else { return nil }
      self.type = type
      self.id = Array(id.utf8)
    }
  }

  /// Adds the deletions that are recorded in an event.
  ///
  /// The caller must first check that the event matches the log.
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
      // These changes have no row and no entry in this log, because they were lost when an older copy of the ledger
      // replaced the newer copy.
      changes.formUnion(event.content.ids("lostChanges"))
    case .erasureAsked: erasures[event.id] = Actor(details)
    case .erased:
      guard let asked = details["asked"]?.wholeNumber, let actor = erasures[asked], actor == Actor(details) else {
        return
      }
      erased[event.id] = event.content.ids("entries")
    case .erasureWithdrawn:
      guard let claim = details["claim"]?.wholeNumber else { return }
      erased[claim] = erased[claim]?.subtracting(event.content.ids("entries"))
    case .start, .stop, .clockAccepted, .historyRead, .export, .authenticationFailure, .denied, .tokenCreated,
      .tokenRevoked, .retentionSet, .holdPlaced, .holdReleased, .freezePlaced, .freezeReleased, .freezeOverridden,
      .keyRotated, .keyReplaced, .keyReplacementConfirmed,
      .backup:
      return
    }
  }

  /// Returns whether a recorded purge deleted the data of an entry.
  func cover(_ entry: LogRows.Entry) -> Bool {
    entry.change == nil ? entriesOfEvents.contains(entry.sequence) : entriesOfChanges.contains(entry.sequence)
  }

  /// Returns whether a recorded erasure claimed the missing personal data of a row.
  ///
  /// The row contains the id of the event that claimed the data.
  func cover(_ erased: UnexplainedDeletions.Erased) -> Bool {
    erased.event.flatMap { self.erased[$0] }?.contains(erased.sequence) ?? false
  }
}

extension ServiceEvent.Content {
  /// Returns the ids in the detail with this name, or no ids if the event has no such detail.
  func ids(_ name: String) -> IDRanges {
    details[name]?.string.flatMap { IDRanges($0) } ?? IDRanges()
  }
}
