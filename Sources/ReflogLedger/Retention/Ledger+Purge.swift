import GRDB
package import ReflogModel
import ReflogStorage

extension Ledger {
  /// How many ids a transaction of a purge looks at: few enough that changes hardly wait for it.
  private static let purgePiece: Int64 = 500
  /// How many in a short read.
  private static let planPiece: Int64 = 20_000

  /// What a purge of what was settled before this moment would do now. It takes longer the more there is.
  package func planPurge(before: Timestamp) async throws(LedgerError) -> Purge.Plan {
    let (lastChange, lastEvent) = try await history.read { db in
      (
        try ChangeTimes.lastID(notAfter: before, db),
        try Int64.fetchOne(db, sql: "SELECT max(id) FROM service_event") ?? 0
      )
    }
    var (changes, held, standing, events) = (Int64(0), Int64(0), Int64(0), Int64(0))
    for ids in (Int64(1)...).pieces(of: Self.planPiece, through: lastChange) {
      let counted = try await history.read { db in try PurgeRows.count(ids, before: before, db) }
      changes += counted.changes
      held += counted.held
      standing += counted.standing
    }
    for ids in (Int64(1)...).pieces(of: Self.planPiece, through: lastEvent) {
      events += Int64(try await history.read { db in try PurgeRows.events(ids, before: before, db) }.count)
    }
    return Purge.Plan(before: before, changes: changes, events: events, held: held, standing: standing)
  }

  /// Asks for a purge of what was settled before this moment, on behalf of somebody. When this returns, that is durable: it is
  /// done by ``continuePurge()``, now or after a restart. One that is under way is returned in its place.
  package func askPurge(before: Timestamp, by actor: Change.Actor) async throws(LedgerError) -> Purge {
    try await write { transaction in
      if let known = try PurgeRows.newest(transaction.db)?.purge, known.finished == nil { return known }
      try PurgeRows.insert(before: before, asked: transaction.time, transaction.db)
      guard let purge = try PurgeRows.newest(transaction.db)?.purge else {
        throw LedgerError.corrupt("a purge is missing")
      }
      let details: JSONObject = ["purge": .integer(purge.id), "before": .string(before.description)]
      try transaction.insert(ServiceEvent.Content(.purgeAsked, actor: actor, details: details))
      return purge
    }
  }

  /// Deletes the next few of what a purge under way deletes, its entry first, all in one transaction. Returns whether there is
  /// more to look at; once there is not, ``finish(_:)`` does the rest.
  package func continuePurge() async throws(LedgerError) -> Bool {
    try await write { transaction in
      let db = transaction.db
      guard let state = try PurgeRows.newest(db), state.purge.finished == nil else { return false }
      let lastChange = try ChangeTimes.lastID(notAfter: state.purge.before, db)
      let lastEvent = try Int64.fetchOne(db, sql: "SELECT max(id) FROM service_event") ?? 0
      if state.change < lastChange {
        let ids = (state.change + 1)...min(lastChange, state.change + Self.purgePiece)
        try transaction.purge(changes: ids, of: state.purge)
        try PurgeRows.advance(state.purge, change: ids.upperBound, event: state.event, db)
        return true
      }
      guard state.event < lastEvent else { return false }
      let ids = (state.event + 1)...min(lastEvent, state.event + Self.purgePiece)
      let isOver = try !transaction.purge(events: ids, of: state.purge)
      // What is recorded of the purge itself is newer than all that goes, and must not be looked at for ever.
      try PurgeRows.advance(state.purge, change: state.change, event: isOver ? lastEvent : ids.upperBound, db)
      return !isOver
    }
  }
}

extension LedgerTransaction {
  fileprivate func purge(changes ids: ClosedRange<Int64>, of purge: Purge) throws {
    let changes = try PurgeRows.changes(ids, before: purge.before, db)
    guard !changes.isEmpty else { return }
    let ranges = IDRanges(changes.map(\.id))
    let event = try insert(
      ServiceEvent.Content(
        .purged,
        count: changes.count,
        details: ["purge": .integer(purge.id), "changes": .string(ranges.text)]
      )
    )
    try PurgeRows.delete(changes, ranges, because: event, db)
  }

  /// Returns whether any event of the range was old enough.
  fileprivate func purge(events ids: ClosedRange<Int64>, of purge: Purge) throws -> Bool {
    let isOld =
      try Bool.fetchOne(
        db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM service_event WHERE id BETWEEN ? AND ? AND time < ?)"),
        arguments: [ids.lowerBound, ids.upperBound, purge.before.microseconds]
      ) ?? false
    let events = try PurgeRows.events(ids, before: purge.before, db)
    guard !events.isEmpty else { return isOld }
    let ranges = IDRanges(events.map(\.id))
    let event = try insert(
      ServiceEvent.Content(
        .purged,
        count: events.count,
        details: ["purge": .integer(purge.id), "events": .string(ranges.text)]
      )
    )
    try PurgeRows.delete(events: events.map(\.sequence), ranges, because: event, db)
    return true
  }
}

extension PartialRangeFrom<Int64> {
  /// These up to a last one, so many at a time.
  fileprivate func pieces(of size: Int64, through last: Int64) -> [ClosedRange<Int64>] {
    guard last >= lowerBound else { return [] }
    return stride(from: lowerBound, through: last, by: Int(size)).map { $0...Swift.min(last, $0 + size - 1) }
  }
}

extension History {
  /// The purge that is under way, or the newest; nothing where there was none.
  package func newestPurge() async throws(LedgerError) -> Purge? {
    try await read { db in try PurgeRows.newest(db)?.purge }
  }

  /// Whether a change was there and was purged.
  package func hasPurged(_ change: Change.ID) async throws(LedgerError) -> Bool {
    try await read { db in try PurgeRows.hasPurged(change, db) }
  }
}
