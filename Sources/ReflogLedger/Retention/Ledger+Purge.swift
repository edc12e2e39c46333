package import ReflogModel
import ReflogStorage

extension Ledger {
  /// The maximum number of ids that one event lists for deletion.
  private static let claimedAtOnce: Int64 = 4000
  /// The number of ids that one short read examines.
  private static let examinedAtOnce: Int64 = 20_000

  /// Returns how many changes and events a purge of the history before a moment would delete now.
  ///
  /// The time that this method needs grows with the length of the history.
  package func planPurge(before: Timestamp) async throws(LedgerError) -> Purge.Plan {
    let (lastChange, lastEvent) = try await questions.read { db in
      (try ChangeTimes.lastID(notAfter: before, db), try Self.lastEvent(db))
    }
    var (changes, held, kept, events) = (Int64(0), Int64(0), Int64(0), Int64(0))
    for ids in Self.pieces(behind: 0, through: lastChange) {
      let counted = try await questions.read { db in try PurgeableRows.count(ids, before: before, db) }
      changes += counted.changes
      held += counted.held
      kept += counted.kept
    }
    for ids in Self.pieces(behind: 0, through: lastEvent) {
      events += Int64(try await questions.read { db in try PurgeableRows.events(ids, before: before, db) }.count)
    }
    return Purge.Plan(before: before, changes: changes, events: events, held: held, kept: kept)
  }

  /// Requests a purge of the history before a moment.
  ///
  /// The purge deletes the changes that were settled before the moment, and the events that were recorded before the
  /// moment.
  ///
  /// When this returns, the request is durable. Then call ``continuePurge()`` to delete the history. If the server
  /// restarts, the purge continues. If another purge is unfinished, no second purge is started. The unfinished purge
  /// then uses the later of the two moments.
  package func askPurge(before: Timestamp, by actor: Change.Actor) async throws(LedgerError) -> Purge {
    try await write { session in
      let db = session.connection
      if let known = try PurgeRows.newest(db)?.purge, known.finished == nil {
        guard known.before < before else { return known }
        try PurgeRows.extend(known, before: before, db)
        try session.withdrawPurgeClaim()
      } else {
        try PurgeRows.insert(before: before, asked: session.time, db)
      }
      guard let purge = try PurgeRows.newest(db)?.purge else {
        throw LedgerError.corrupt("a purge is missing after it was inserted")
      }
      let details: JSONObject = ["purge": .integer(purge.id), "before": .string(before.description)]
      try session.record(ServiceEvent.Content(.purgeAsked, actor: actor, details: details))
      return purge
    }
  }

  /// Does the next step of an unfinished purge: the step either claims rows or deletes claimed rows.
  ///
  /// To claim rows, a transaction records an event that lists the rows for deletion. Once the event is durable and
  /// signed, the next steps delete these rows. So a signed event lists every row that is deleted by a purge. If a legal
  /// hold is placed between the claim and the deletion, the claimed rows are kept. The purge ends early if the
  /// retention policy does not permit the deletion of all rows.
  package func continuePurge() async throws(LedgerError) -> UnfinishedDeletions.Progress {
    guard let state = try await history.read({ db in try PurgeRows.newest(db) }), state.purge.finished == nil else {
      return .done
    }
    if try await history.read({ db in try PurgeRows.openClaim(db) != nil }) {
      let removed = try await removeClaimedReasons()
      try await write { session in try session.deleteSomeClaimed(upTo: removed) }
      return .more
    }
    guard let next = try await nextPurgeable(state) else { return .done }
    try await claim(next)
    return .more
  }

  /// Records an event that claims the rows to delete next.
  ///
  /// If the purge, the policy or the holds changed after the rows in `next` were found, no event is recorded.
  func claim(_ next: Purgeable) async throws(LedgerError) {
    try await write { session in try session.claim(next) }
  }

  /// A range of rows that a purge can claim next.
  struct Purgeable: Sendable {
    let purge: Int64
    let before: Timestamp
    /// The position that the purge had when the rows were found.
    let position: PurgeRows.Position
    let ids: Ids

    /// A range of ids of changes or of service events.
    enum Ids: Sendable {
      case changes(ClosedRange<Int64>)
      case events(ClosedRange<Int64>)
    }
  }

  /// Returns the next range of ids that contains rows to delete, or nil if no more rows may be deleted.
  func nextPurgeable(_ state: PurgeRows.State) async throws(LedgerError) -> Purgeable? {
    let now = context.clock()
    let (policy, lastEvent) = try await history.read { db in (try RetentionRows.policy(db), try Self.lastEvent(db)) }
    guard let permitted = policy.cutoff(at: now) else { return nil }
    let before = min(state.purge.before, permitted)
    let lastChange = try await history.read { db in try ChangeTimes.lastID(notAfter: before, db) }
    for ids in Self.pieces(behind: state.position.change, through: lastChange) {
      let first = try await history.read { db in try PurgeableRows.changes(ids, before: before, limit: 1, db).first }
      guard let first else { continue }
      return Purgeable(
        purge: state.purge.id,
        before: before,
        position: state.position,
        ids: .changes(first...min(lastChange, first + Self.claimedAtOnce - 1))
      )
    }
    for ids in Self.pieces(behind: state.position.event, through: lastEvent) {
      let first = try await history.read { db in try PurgeableRows.events(ids, before: before, limit: 1, db).first }
      guard let first else { continue }
      return Purgeable(
        purge: state.purge.id,
        before: before,
        position: state.position,
        ids: .events(first...min(lastEvent, first + Self.claimedAtOnce - 1))
      )
    }
    return nil
  }

  /// Returns the purge that has no more rows to delete but is not recorded as finished yet.
  ///
  /// The result is nil if all purges are recorded as finished, or if the unfinished purge has more rows to delete.
  func endedPurge() async throws(LedgerError) -> PurgeRows.State? {
    guard let state = try await history.read({ db in try PurgeRows.newest(db) }), state.purge.finished == nil,
      try await history.read({ db in try PurgeRows.openClaim(db) == nil }), try await nextPurgeable(state) == nil
    else { return nil }
    return state
  }

  /// Returns the id of the newest service event, or 0 if there is none.
  private static func lastEvent(_ db: any LedgerConnection) throws -> Int64 {
    try db.integer("SELECT max(id) FROM service_event") ?? 0
  }

  /// Returns the ids that are higher than `id`, up to `last`, divided into ranges that one short read can examine.
  private static func pieces(behind id: Int64, through last: Int64) -> [ClosedRange<Int64>] {
    stride(from: id + 1, through: last, by: Int(examinedAtOnce)).map { $0...min(last, $0 + examinedAtOnce - 1) }
  }
}

extension LedgerSession {
  /// Returns the unfinished purge, or nil if there is none.
  private func unfinishedPurge() throws -> PurgeRows.State? {
    try PurgeRows.newest(connection).flatMap { $0.purge.finished == nil ? $0 : nil }
  }

  /// Records an event that claims the rows to delete next; does nothing if the state changed after the rows were found.
  fileprivate func claim(_ next: Ledger.Purgeable) throws {
    // The purge, the policy or the holds may have changed since the ids were found. Then no rows are claimed, and the
    // next step of the purge searches for rows again.
    guard let state = try unfinishedPurge(), try PurgeRows.openClaim(connection) == nil,
      state.purge.id == next.purge, state.position == next.position,
      let permitted = try RetentionRows.policy(connection).cutoff(at: time), next.before <= permitted
    else { return }
    // Triggers in the database read the ids of the changes or the events from the end of the event's details, so these
    // ids are the last detail.
    var details: JSONObject = ["purge": .integer(next.purge)]
    let ids: IDRanges
    switch next.ids {
    case .changes(let range):
      ids = IDRanges(try PurgeableRows.changes(range, before: next.before, connection))
      details["entries"] = .string(try PurgeableRows.entries(ofChanges: ids, connection).text)
      details["changes"] = .string(ids.text(inPiecesOf: PurgeRows.pieceLength))
    case .events(let range):
      ids = IDRanges(try PurgeableRows.events(range, before: next.before, connection))
      details["entries"] = .string(try PurgeableRows.entries(ofEvents: ids, connection).text)
      details["events"] = .string(ids.text(inPiecesOf: PurgeRows.pieceLength))
    }
    // If a legal hold was placed after the search, the hold may cover all of these rows. Then no row is left to claim.
    guard !ids.isEmpty else { return }
    try record(ServiceEvent.Content(.purged, count: Int(ids.count), details: details))
  }

  /// Deletes the next changes or events of a claim that an earlier transaction recorded.
  ///
  /// - Parameter newest: The newest claim whose reasons were removed from the index of reasons. If the open claim is
  ///   newer, no rows are deleted, and the next step of the purge removes the reasons first.
  fileprivate func deleteSomeClaimed(upTo newest: Int64) throws {
    guard let state = try unfinishedPurge(), let claim = try PurgeRows.openClaim(connection), claim.event <= newest
    else { return }
    guard claim.purge == state.purge.id else { return try withdrawPurgeClaim() }
    try connection.beginDeletion()
    forgetMemory()
    let (changes, events) = (Self.next(of: claim.changes), Self.next(of: claim.events))
    try check(IDRanges(ranges: changes), IDRanges(ranges: events), of: claim, in: state.purge)
    try PurgeableRows.delete(changes: changes, because: claim.event, connection)
    try PurgeableRows.delete(events: events, because: claim.event, connection)
    // If a part of the claim is left, the position is not changed. After a restart, the rows that still exist show
    // which part is left.
    guard claim.changes.count == changes.count, claim.events.count == events.count else { return }
    var position = state.position
    position.change = changes.last?.upperBound ?? position.change
    position.event = events.last?.upperBound ?? position.event
    try PurgeRows.advance(state.purge, to: position, connection)
  }

  /// Returns the first of these ranges, as many as one transaction deletes.
  ///
  /// Together, the returned ranges contain at most ``PurgeRows/pieceLength`` ids. A single range never contains more
  /// ids, so at least one range is returned.
  private static func next(of ranges: [ClosedRange<Int64>]) -> [ClosedRange<Int64>] {
    var count: Int64 = 0
    return Array(
      ranges.prefix { range in
        count += Int64(range.count)
        return count <= PurgeRows.pieceLength
      }
    )
  }

  /// Throws ``LedgerError/corrupt(_:)`` if some of these claimed rows must be kept.
  ///
  /// Reflog never claims such rows, so the file was altered.
  private func check(
    _ changes: IDRanges,
    _ events: IDRanges,
    of claim: PurgeRows.OpenClaim,
    in purge: Purge
  ) throws {
    let recorded = try RetentionRecord(connection)
    try recorded.checkKept(connection)
    try recorded.check(purge)
    guard let permitted = try RetentionRows.policy(connection).cutoff(at: time) else {
      throw LedgerError.corrupt("a purge was requested, but no retention policy is set")
    }
    let before = min(purge.before, permitted)
    func mayDelete(_ ids: IDRanges, _ purgeable: (ClosedRange<Int64>) throws -> [Int64]) throws -> Bool {
      guard let first = ids.ranges.first?.lowerBound, let last = ids.last else { return true }
      return ids.subtracting(IDRanges(try purgeable(first...last))).isEmpty
    }
    guard try mayDelete(changes, { try PurgeableRows.changes($0, before: before, connection) }),
      try mayDelete(events, { try PurgeableRows.events($0, before: before, connection) })
    else { throw LedgerError.corrupt("service event \(claim.event) claims rows that must be kept") }
    let entries = try PurgeableRows.entries(ofChanges: changes, connection)
      .union(PurgeableRows.entries(ofEvents: events, connection))
    guard entries.subtracting(claim.entries).isEmpty else {
      throw LedgerError.corrupt("service event \(claim.event) does not list the entries of the rows that it claims")
    }
  }

  /// Withdraws the claim on rows that are not deleted yet, and restarts the unfinished purge with the oldest changes.
  ///
  /// Call this in a transaction that changes which rows may be deleted. A service event records that the rows are kept.
  /// The purge examines all history again, because a released hold may have covered older changes.
  func withdrawPurgeClaim() throws {
    if let claim = try PurgeRows.openClaim(connection) {
      var details: JSONObject = ["purge": claim.purge.map { .integer($0) } ?? .null]
      let (changes, events) = (IDRanges(ranges: claim.changes), IDRanges(ranges: claim.events))
      if !changes.isEmpty { details["changes"] = .string(changes.text) }
      if !events.isEmpty { details["events"] = .string(events.text) }
      let entries = try PurgeableRows.entries(ofChanges: changes, connection)
        .union(PurgeableRows.entries(ofEvents: events, connection))
      details["entries"] = .string(entries.text)
      let count = Int(changes.count + events.count)
      try record(ServiceEvent.Content(.purgeWithdrawn, count: count, details: details))
    }
    if let state = try unfinishedPurge() { try PurgeRows.restart(state.purge, connection) }
  }

  /// Ends the unfinished purge, and keeps the claimed rows that are not deleted yet.
  func endPurge() throws {
    try withdrawPurgeClaim()
    guard let state = try unfinishedPurge() else { return }
    try PurgeRows.finish(state, at: time, connection)
  }
}

extension History {
  /// Returns the newest purge, which may be unfinished, or nil if there was none.
  package func newestPurge() async throws(LedgerError) -> Purge? {
    try await read { db in try PurgeRows.newest(db)?.purge }
  }

  /// Returns whether a change was purged.
  package func hasPurged(_ change: Change.ID) async throws(LedgerError) -> Bool {
    try await read { db in try PurgeRows.hasPurged(change, db) }
  }
}
