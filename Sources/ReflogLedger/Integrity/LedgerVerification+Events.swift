import ReflogModel
import ReflogStorage

extension LedgerVerification {
  /// Events checked in one short read.
  private static let eventsRead = 500

  /// The result for the service events.
  struct Events: Sendable {
    var part = Part()
    /// What the signed events say is gone.
    var losses = RecordedDeletions()
    /// The last of these events.
    fileprivate var lastSigned: Int64 = 0
  }

  /// Checks all events, and gathers what those below `signed` say is gone. Events whose entries are at or behind `size` are checked,
  /// and not counted.
  func verifyEvents(below size: Int64, signedBelow signed: Int64) async throws(LedgerError) -> Events {
    var (events, gaps, last) = (Events(), IDRanges(), Int64(0))
    var erased: [ServiceEvent] = []
    events.part.findings = try await strangeEvents()
    while let end = try await end(ofEventsBehind: last) {
      // A damaged tree of pages leads to rows that the search did not ask for.
      guard end > last else {
        events.part.report(.damagedEvent(last + 1, problem: "the service events behind it are out of order"))
        break
      }
      for event in try await check(events: last + 1...end) {
        if last + 1 < event.id { gaps.append(last + 1...event.id - 1) }
        last = event.id
        switch event.state {
        case .good(let good, let isErased):
          if good.sequence < size { events.part.claimed += 1 }
          if good.sequence < signed {
            events.losses.add(good)
            events.lastSigned = good.id
          }
          if isErased { erased.append(good) }
        case .bad(let finding): events.part.report(finding)
        }
      }
      if last < end { gaps.append(last + 1...end) }
      last = end
    }
    for gap in gaps.ranges { events.part.suspects.events += events.losses.events.gaps(in: gap) }
    events.part.erased = Int64(erased.count)
    for event in erased {
      events.part.check(erased: .event(event.id), event.content.actor, at: event.sequence, events.losses)
    }
    return events
  }

  /// What the events say is gone that are signed by now.
  func losses(behind events: Events, signedBelow signed: Int64) async throws(LedgerError) -> RecordedDeletions {
    var (losses, last) = (events.losses, events.lastSigned)
    while let end = try await end(ofEventsBehind: last), end > last {
      for event in try await check(events: last + 1...end) {
        if case .good(let good, _) = event.state, good.sequence < signed { losses.add(good) }
      }
      last = end
    }
    return losses
  }

  /// Rows where Reflog writes none.
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

  /// The last id of the next few events, or nil if there are none.
  private func end(ofEventsBehind id: Int64) async throws(LedgerError) -> Int64? {
    try await history.read { db in
      try db.integer(
        "SELECT max(id) FROM (SELECT id FROM service_event WHERE id > ? ORDER BY id LIMIT ?)",
        [id, Self.eventsRead]
      )
    }
  }

  private struct CheckedEvent: Sendable {
    let id: Int64
    let state: State

    enum State: Sendable {
      /// The event is as it was logged. Says whether its personal data is erased.
      case good(ServiceEvent, isErased: Bool)
      case bad(LedgerReport.Finding)
    }
  }

  /// Checks the events of a range. If one can't be read the others still are.
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
              .good(event, isErased: stored.personal.isErased)
            } else {
              .bad(.alteredEvent(event.id, sequence: event.sequence))
            }
          return CheckedEvent(id: event.id, state: state)
        }
      }
    } catch {
      guard ids.count > 1 else {
        let finding = LedgerReport.Finding.damagedEvent(ids.lowerBound, problem: error.description)
        return [CheckedEvent(id: ids.lowerBound, state: .bad(finding))]
      }
      let middle = ids.lowerBound + (ids.upperBound - ids.lowerBound) / 2
      return try await check(events: ids.lowerBound...middle) + check(events: middle + 1...ids.upperBound)
    }
  }
}
