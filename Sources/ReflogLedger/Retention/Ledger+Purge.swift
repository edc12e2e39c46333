import GRDB
package import ReflogModel
import ReflogStorage

extension Ledger {
  /// How many an event on record claims at a time, and how many of them a transaction deletes: few enough that changes hardly
  /// wait for it.
  private static let claimPiece: Int64 = 4000
  fileprivate static let deletedPiece: Int64 = 500
  /// How many ids are looked at in a short read.
  private static let readPiece: Int64 = 20_000

  /// What a purge of what was settled before this moment would do now. It takes longer the more there is.
  package func planPurge(before: Timestamp) async throws(LedgerError) -> Purge.Plan {
    let (lastChange, lastEvent) = try await questions.read { db in
      (try ChangeTimes.lastID(notAfter: before, db), try Self.lastEvent(db))
    }
    var (changes, held, standing, events) = (Int64(0), Int64(0), Int64(0), Int64(0))
    for ids in Self.pieces(behind: 0, through: lastChange) {
      let counted = try await questions.read { db in try PurgeableRows.count(ids, before: before, db) }
      changes += counted.changes
      held += counted.held
      standing += counted.standing
    }
    for ids in Self.pieces(behind: 0, through: lastEvent) {
      events += Int64(try await questions.read { db in try PurgeableRows.events(ids, before: before, db) }.count)
    }
    return Purge.Plan(before: before, changes: changes, events: events, held: held, standing: standing)
  }

  /// Asks for a purge of what was settled before this moment, on behalf of somebody. When this returns, that is durable: it is
  /// done by ``continuePurge()``, now or after a restart. One that is under way takes it over.
  package func askPurge(before: Timestamp, by actor: Change.Actor) async throws(LedgerError) -> Purge {
    try await write { transaction in
      if let known = try PurgeRows.newest(transaction.db)?.purge, known.finished == nil {
        guard known.before < before else { return known }
        try PurgeRows.extend(known, before: before, transaction.db)
        try transaction.withdrawClaim()
      } else {
        try PurgeRows.insert(before: before, asked: transaction.time, transaction.db)
      }
      guard let purge = try PurgeRows.newest(transaction.db)?.purge else {
        throw LedgerError.corrupt("a purge is missing")
      }
      let details: JSONObject = ["purge": .integer(purge.id), "before": .string(before.description)]
      try transaction.insert(ServiceEvent.Content(.purgeAsked, actor: actor, details: details))
      return purge
    }
  }

  /// Does the next little of a purge under way.
  ///
  /// An event claims what goes next; once a checkpoint over that is signed, it is deleted: whoever finds something missing then
  /// finds a signature over what says so too. A hold that comes in between wins. Ends where the policy does not want as much
  /// to go any more.
  package func continuePurge() async throws(LedgerError) -> Forgetting.Step {
    guard let state = try await history.read({ db in try PurgeRows.newest(db) }), state.purge.finished == nil else {
      return .done
    }
    if let claim = state.claim {
      let signed = try await history.read { db in try LogRows.checkpoint(db)?.size ?? 0 }
      guard claim.sequence < signed else { return .unsigned }
      try await write { transaction in try transaction.deleteSomeClaimed() }
      return .more
    }
    guard let next = try await nextPurgeable(state) else { return .done }
    try await claim(next)
    return .more
  }

  /// Records what goes next, unless what may go has changed since it was looked for.
  func claim(_ next: Purgeable) async throws(LedgerError) {
    try await write { transaction in try transaction.claim(next) }
  }

  /// What a claim would be about.
  struct Purgeable: Sendable {
    let purge: Int64
    let before: Timestamp
    /// Where the purge stood when it was looked.
    let position: PurgeRows.Position
    let ids: Ids

    enum Ids: Sendable {
      case changes(ClosedRange<Int64>)
      case events(ClosedRange<Int64>)
    }
  }

  /// The next ids that something of may go; nothing at the end.
  func nextPurgeable(_ state: PurgeRows.State) async throws(LedgerError) -> Purgeable? {
    let now = clock()
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
        ids: .changes(first...min(lastChange, first + Self.claimPiece - 1))
      )
    }
    for ids in Self.pieces(behind: state.position.event, through: lastEvent) {
      let first = try await history.read { db in try PurgeableRows.events(ids, before: before, limit: 1, db).first }
      guard let first else { continue }
      return Purgeable(
        purge: state.purge.id,
        before: before,
        position: state.position,
        ids: .events(first...min(lastEvent, first + Self.claimPiece - 1))
      )
    }
    return nil
  }

  private static func lastEvent(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM service_event")) ?? 0
  }

  /// The ids behind one of them up to the last, some at a time.
  private static func pieces(behind id: Int64, through last: Int64) -> [ClosedRange<Int64>] {
    stride(from: id + 1, through: last, by: Int(readPiece)).map { $0...min(last, $0 + readPiece - 1) }
  }
}

extension Ledger {
  /// The purge under way as it is where nothing of it is left to do; nothing where there is more, or none.
  func endedPurge() async throws(LedgerError) -> PurgeRows.State? {
    guard let state = try await history.read({ db in try PurgeRows.newest(db) }), state.purge.finished == nil,
      state.claim == nil, try await nextPurgeable(state) == nil
    else { return nil }
    return state
  }
}

extension LedgerTransaction {
  /// The purge under way.
  private func purgeUnderWay() throws -> PurgeRows.State? {
    try PurgeRows.newest(db).flatMap { $0.purge.finished == nil ? $0 : nil }
  }

  /// Records what goes next.
  fileprivate func claim(_ next: Ledger.Purgeable) throws {
    // What may go, and from where on, may have changed since it was looked for; then it is looked for again.
    guard let state = try purgeUnderWay(), state.claim == nil, state.purge.id == next.purge,
      state.position == next.position, let permitted = try RetentionRows.policy(db).cutoff(at: time),
      next.before <= permitted
    else { return }
    var details: JSONObject = ["purge": .integer(next.purge)]
    let ids: IDRanges
    switch next.ids {
    case .changes(let range):
      ids = IDRanges(try PurgeableRows.changes(range, before: next.before, db))
      details["changes"] = .string(ids.text)
      details["entries"] = .string(try PurgeableRows.entries(ofChanges: ids, db).text)
    case .events(let range):
      ids = IDRanges(try PurgeableRows.events(range, before: next.before, db))
      details["events"] = .string(ids.text)
      details["entries"] = .string(try PurgeableRows.entries(ofEvents: ids, db).text)
    }
    // What was there when it was looked for may be held now.
    guard !ids.isEmpty else { return }
    try PurgeRows.claim(
      by: try insert(ServiceEvent.Content(.purged, count: Int(ids.count), details: details)),
      state.purge,
      db
    )
  }

  fileprivate func deleteSomeClaimed() throws {
    guard let state = try purgeUnderWay(), let claim = state.claim else { return }
    let (changes, events) = (claim.changes.first(Ledger.deletedPiece), claim.events.first(Ledger.deletedPiece))
    try check(changes, events, of: claim, in: state.purge)
    try PurgeableRows.delete(changes: changes, because: claim.event, db)
    try PurgeableRows.delete(events: events, because: claim.event, db)
    if claim.changes.count > changes.count || claim.events.count > events.count {
      try PurgeRows.delete(upTo: (changes.last ?? events.last) ?? 0, state.purge, db)
    } else {
      var position = state.position
      position.change = changes.last ?? position.change
      position.event = events.last ?? position.event
      try PurgeRows.advance(state.purge, to: position, db)
    }
  }

  /// Throws where some of these may not go: only somebody who altered the ledger's file claims that.
  private func check(
    _ changes: IDRanges,
    _ events: IDRanges,
    of claim: PurgeRows.Claim,
    in purge: Purge
  ) throws {
    let record = try RetentionRecord(db)
    try record.checkKept(db)
    try record.check(purge)
    guard let permitted = try RetentionRows.policy(db).cutoff(at: time) else {
      throw LedgerError.corrupt("a purge, though no retention is set")
    }
    let before = min(purge.before, permitted)
    func mayGo(_ ids: IDRanges, _ purgeable: (ClosedRange<Int64>) throws -> [Int64]) throws -> Bool {
      guard let first = ids.ranges.first?.lowerBound, let last = ids.last else { return true }
      return ids.subtracting(IDRanges(try purgeable(first...last))).isEmpty
    }
    guard try mayGo(changes, { try PurgeableRows.changes($0, before: before, db) }),
      try mayGo(events, { try PurgeableRows.events($0, before: before, db) })
    else { throw LedgerError.corrupt("service event \(claim.event), which claims for a purge what must stay") }
    let entries = try PurgeableRows.entries(ofChanges: changes, db).union(PurgeableRows.entries(ofEvents: events, db))
    guard entries.subtracting(claim.entries).isEmpty else {
      throw LedgerError.corrupt("service event \(claim.event), which does not name the entries of what it claims")
    }
  }

  /// Takes back what a purge under way claimed and did not delete yet, for what may go changes with this transaction; on record
  /// as kept. All is looked at again, from the start: so of every address the oldest goes first, whatever is held meanwhile.
  func withdrawClaim() throws {
    guard let state = try purgeUnderWay() else { return }
    if let claim = state.claim {
      var details: JSONObject = ["purge": .integer(state.purge.id)]
      if !claim.changes.isEmpty { details["changes"] = .string(claim.changes.text) }
      if !claim.events.isEmpty { details["events"] = .string(claim.events.text) }
      let entries = try PurgeableRows.entries(ofChanges: claim.changes, db)
        .union(PurgeableRows.entries(ofEvents: claim.events, db))
      details["entries"] = .string(entries.text)
      let count = Int(claim.changes.count + claim.events.count)
      try insert(ServiceEvent.Content(.purgeWithdrawn, count: count, details: details))
    }
    try PurgeRows.restart(state.purge, db)
  }

  /// Ends the purge under way, wherever it stands; what it claimed and did not delete stays.
  func endPurge() throws {
    try withdrawClaim()
    guard let state = try purgeUnderWay() else { return }
    try PurgeRows.finish(state, at: time, db)
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
