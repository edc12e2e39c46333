import GRDB
import ReflogModel

extension LedgerVerification {
  /// Events checked in one short read.
  private static let eventsRead: Int64 = 500

  /// Checks the events below an entry, and what they say is gone.
  func verifyEvents(below size: Int64) async throws(LedgerError) -> (part: Part, losses: RecordedLosses) {
    var (part, losses, gaps) = (Part(), RecordedLosses(), IDRanges())
    var erased: [(event: Int64, actor: Change.Actor?, sequence: Int64)] = []
    let last = try await history.read { db in
      try Int64.fetchOne(db, sql: "SELECT max(id) FROM service_event WHERE sequence < ?", arguments: [size]) ?? 0
    }
    var next: Int64 = 1
    while next <= last {
      let ids = next...min(last, next + Self.eventsRead - 1)
      let checked = try await check(events: ids)
      for event in checked {
        if next < event.id { gaps.append(next...event.id - 1) }
        next = event.id + 1
        switch event.state {
        case .good(let good, let isErased):
          part.claimed += 1
          losses.add(good)
          if isErased { erased.append((good.id, good.content.actor, good.sequence)) }
        case .bad(let finding): part.findings.append(finding)
        }
      }
      if next <= ids.upperBound { gaps.append(next...ids.upperBound) }
      next = ids.upperBound + 1
    }
    for gap in gaps.ranges {
      for id in gap where !losses.events.contains(id) && part.findings.count < Self.maximumFindings {
        part.findings.append(.missingEvent(id))
      }
    }
    part.erased = Int64(erased.count)
    for (event, actor, sequence) in erased where !losses.cover(actor, at: sequence) {
      part.findings.append(.erasedUnrecordedEvent(event))
    }
    return (part, losses)
  }

  private struct CheckedEvent: Sendable {
    let id: Int64
    let state: State

    enum State: Sendable {
      /// As it was logged; and whether what it says of people is erased.
      case good(ServiceEvent, isErased: Bool)
      case bad(LedgerReport.Finding)
    }
  }

  /// Where one can't be read the others still are.
  private func check(events ids: ClosedRange<Int64>) async throws(LedgerError) -> [CheckedEvent] {
    do {
      return try await history.read { db in
        try EventRows.events(
          "service_event.id BETWEEN ? AND ? ORDER BY service_event.id",
          [ids.lowerBound, ids.upperBound],
          db
        ).map { event in
          let records = Records(db)
          guard let logged = try LoggedEntry(of: event, db) else {
            return CheckedEvent(id: event.id, state: .bad(.unloggedEvent(event.id)))
          }
          guard try records.event(event, logged.salt).hash == logged.hash else {
            return CheckedEvent(id: event.id, state: .bad(.alteredEvent(event.id, sequence: event.sequence)))
          }
          return CheckedEvent(id: event.id, state: .good(event, isErased: try records.isErased(event)))
        }
      }
    } catch {
      guard ids.count > 1 else {
        let finding = LedgerReport.Finding.damagedEvent(ids.lowerBound, problem: error.description)
        return [CheckedEvent(id: ids.lowerBound, state: .bad(finding))]
      }
      let middle = (ids.lowerBound + ids.upperBound) / 2
      return try await check(events: ids.lowerBound...middle) + check(events: middle + 1...ids.upperBound)
    }
  }
}
