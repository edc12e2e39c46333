import GRDB
package import ReflogModel
import ReflogStorage

extension Ledger {
  /// A change to be recorded, and what it is born by: `intended`, or an event that settles it at once.
  package struct Draft: Sendable {
    package let intent: Change.Intent
    package let event: Change.Event
    package let settledBy: Change.Settler

    package init(_ intent: Change.Intent, _ event: Change.Event, settledBy: Change.Settler = .request) {
      self.intent = intent
      self.event = event
      self.settledBy = settledBy
    }
  }

  /// How far the clock may be behind the newest entry: more than clocks of one host ever differ by.
  package static let toleratedClockLag = Duration.seconds(5)

  /// Records changes in one transaction. When this returns they are durable, in this order, or none of them is.
  ///
  /// - Parameters:
  ///   - reservingOutcome: reserves the place for their outcomes, which
  ///     ``settle(_:by:settledBy:usingReservedPlace:recording:)`` uses or ``releaseOutcome()`` gives back.
  ///   - key: names them from now on, see ``change(named:)``.
  ///   - sightings: what the looks showed by which the changes were found.
  package func append(
    _ drafts: [Draft],
    reservingOutcome: Bool = false,
    named key: IdempotencyKey? = nil,
    remembering sightings: [Sighting] = []
  ) async throws(LedgerError) -> [Change] {
    let now = clock()
    do {
      let changes = try await writer.write(reservingOutcome ? .ordinaryReservingNext : .ordinary) { db in
        let newest = try Entries.newestTime(db)
        let lag = newest.map { $0.since(now) } ?? .zero
        guard acceptsClock || lag <= Self.toleratedClockLag else { throw LedgerError.clockBehind(by: lag) }
        let transaction = LedgerTransaction(db, at: max(now, newest ?? now))
        let changes = try drafts.map(transaction.insert)
        if let key, let first = changes.first {
          try IdempotencyRows.record(key, for: first.id, at: transaction.time, db)
        }
        try SightingRows.record(sightings, at: transaction.time, db)
        return changes
      }
      tellSettled(changes)
      return changes
    } catch {
      throw LedgerError(error)
    }
  }

  /// Gives back the place that an append reserved for outcomes.
  package func releaseOutcome() {
    writer.releasePlace()
  }
}
