import ReflogModel
import ReflogStorage

extension LedgerVerification {
  /// The number of service events that one short read checks.
  private static let eventsRead = 500

  /// The result of the check of all service events.
  struct Events: Sendable {
    var part = Part()
    /// The deletions that are recorded in the signed events.
    var deletions = RecordedDeletions()
    /// The id of the last signed event.
    fileprivate var lastSigned: Int64 = 0
  }

  /// Checks all events, and collects the deletions that are recorded in signed events.
  ///
  /// An event is signed if the sequence number of the event's entry is lower than `signed`. Events with a sequence
  /// number of `size` or more are checked but not counted.
  func verifyEvents(below size: Int64, signedBelow signed: Int64) async throws(LedgerError) -> Events {
    var (events, gaps, last) = (Events(), IDRanges(), Int64(0))
    var erased: [UnexplainedDeletions.Erased] = []
    events.part.findings = try await strangeEvents()
    while let end = try await end(ofEventsBehind: last) {
      // In a damaged file, a query for higher ids can return a lower id. The loop would then never end.
      guard end > last else {
        events.part.report(.damagedEvent(last + 1, problem: "the service events after it are out of order"))
        break
      }
      for event in try await check(events: last + 1...end) {
        if last + 1 < event.id { gaps.append(last + 1...event.id - 1) }
        last = event.id
        switch event.state {
        case .good(let good, let personal):
          if good.sequence < size { events.part.claimed += 1 }
          if good.sequence < signed {
            events.deletions.add(good)
            events.lastSigned = good.id
          }
          if case .erased(_, let claim) = personal {
            erased.append(.init(subject: .event(good.id), sequence: good.sequence, event: claim))
          }
        case .bad(let finding): events.part.report(finding)
        }
      }
      if last < end { gaps.append(last + 1...end) }
      last = end
    }
    for gap in gaps.ranges { events.part.unexplained.events += events.deletions.events.gaps(in: gap) }
    events.part.erased = Int64(erased.count)
    for erased in erased { events.part.check(erased, events.deletions) }
    return events
  }

  /// Returns the deletions that are recorded in `events`, together with the deletions that later signed events record.
  ///
  /// A later event is signed if the sequence number of the event's entry is lower than `signed`.
  func deletions(behind events: Events, signedBelow signed: Int64) async throws(LedgerError) -> RecordedDeletions {
    var (deletions, last) = (events.deletions, events.lastSigned)
    while let end = try await end(ofEventsBehind: last), end > last {
      for event in try await check(events: last + 1...end) {
        if case .good(let good, _) = event.state, good.sequence < signed { deletions.add(good) }
      }
      last = end
    }
    return deletions
  }

  /// Finds rows that Reflog never writes.
  private func strangeEvents() async throws(LedgerError) -> [LedgerReport.Finding] {
    try await history.read { db in
      try db.rows(
        """
        SELECT id FROM service_event WHERE id < 1
        UNION ALL
        SELECT event FROM service_event_personal WHERE event NOT IN (SELECT id FROM service_event)
        LIMIT ?
        """,
        [Self.maximumFindings]
      ) { .unloggedEvent(try $0.integer(0)) }
    }
  }

  /// Returns the id of the last event that the next read checks, or nil if there are no more events.
  private func end(ofEventsBehind id: Int64) async throws(LedgerError) -> Int64? {
    try await history.read { db in
      try db.integer(
        "SELECT max(id) FROM (SELECT id FROM service_event WHERE id > ? ORDER BY id LIMIT ?) AS following",
        [id, Self.eventsRead]
      )
    }
  }

  /// The id of an event and the result of its check.
  private struct CheckedEvent: Sendable {
    let id: Int64
    let state: State

    /// The result of the check of an event.
    enum State: Sendable {
      /// The event matches the log.
      case good(ServiceEvent, StoredPersonalPart)
      case bad(LedgerReport.Finding)
    }
  }

  /// Checks the events in a range of ids.
  ///
  /// If an event can't be read, the range is divided until the range has only this event. Then only this event is
  /// reported as damaged, and all other events are checked.
  private func check(events ids: ClosedRange<Int64>) async throws(LedgerError) -> [CheckedEvent] {
    do {
      return try await history.read { db in
        try EventRows.stored(
          "service_event.id BETWEEN ? AND ? ORDER BY service_event.id",
          [ids.lowerBound, ids.upperBound],
          db
        ).map { stored in
          let event = stored.event
          let state: CheckedEvent.State =
            if stored.entry == nil {
              .bad(.unloggedEvent(event.id))
            } else if try stored.isAsLogged() {
              .good(event, stored.personal)
            } else {
              .bad(.alteredEvent(event.id, sequence: event.sequence))
            }
          return CheckedEvent(id: event.id, state: state)
        }
      }
    } catch {
      guard ids.count > 1 else {
        let finding = LedgerReport.Finding.damagedEvent(ids.lowerBound, problem: error.problem)
        return [CheckedEvent(id: ids.lowerBound, state: .bad(finding))]
      }
      let middle = ids.lowerBound + (ids.upperBound - ids.lowerBound) / 2
      return try await check(events: ids.lowerBound...middle) + check(events: middle + 1...ids.upperBound)
    }
  }
}
