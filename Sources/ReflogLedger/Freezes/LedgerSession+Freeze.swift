import ReflogModel
import ReflogStorage

extension LedgerSession {
  /// Returns the freezes that are in force or planned, and the newest freezes that are over.
  ///
  /// The freezes are in memory. They are read again only if a transaction changed the freezes and was rolled back. The
  /// freezes in memory are always current: each change of a freeze appends an entry, and ``begin(_:)`` checks that no
  /// other program appended an entry.
  func currentFreezes() throws -> Freezes {
    if let freezes { return freezes }
    let read = Freezes(
      try FreezeRows.open(at: time, connection),
      past: try FreezeRows.past(at: time, limit: Freezes.maximumPastCount, connection)
    )
    freezes = read
    return read
  }

  /// Drops the freezes from memory, so the next use reads the freezes from the file.
  func forgetFreezes() {
    freezes = nil
    changesFreezes = true
  }

  /// Stores in memory a freeze that this transaction places or releases.
  private func replace(_ freeze: Freeze) throws {
    let current = try currentFreezes()
    let others = (current.past + current.all).filter { $0.id != freeze.id }
    freezes = Freezes((others + [freeze]).sorted { $0.id < $1.id }, at: time)
    changesFreezes = true
  }

  /// Places a freeze.
  ///
  /// A start in the past is replaced by the time of this transaction. If the freeze can't be placed, no part of it is
  /// recorded.
  func place(_ draft: Freeze.Draft, by actor: Change.Actor) throws -> PlacedFreeze {
    let start = max(draft.from ?? time, time)
    guard draft.until.map({ $0 > start }) ?? true else { return .isEmpty }
    guard try currentFreezes().all.count(where: { $0.isOpen(at: time) }) < Freeze.maximumCount else { return .tooMany }
    let freeze = Freeze(
      id: head.nextEvent,
      scope: draft.scope,
      reason: draft.reason,
      actor: actor,
      placed: time,
      from: start,
      until: draft.until
    )
    try record(ServiceEvent.Content(.freezePlaced, actor: actor, details: freeze.details, reason: freeze.reason))
    try connection.execute(
      "INSERT INTO change_freeze (id, ends) VALUES (?, ?)",
      [freeze.id, freeze.until?.microseconds]
    )
    try replace(freeze)
    return .placed(freeze)
  }

  /// Releases a freeze.
  ///
  /// - Returns: The freeze before its release, and whether this call released the freeze. If the freeze was already
  ///   over, the call records nothing and returns false. The result is nil if no freeze has this id.
  func releaseFreeze(_ id: Int64, by actor: Change.Actor) throws -> (freeze: Freeze, isReleased: Bool)? {
    guard let freeze = try FreezeRows.freeze(id, connection) else { return nil }
    guard freeze.isOpen(at: time) else { return (freeze, false) }
    let event = try record(
      ServiceEvent.Content(
        .freezeReleased,
        actor: actor,
        details: ["freeze": .string(String(id)), "scope": .string(freeze.scope.description)]
      )
    )
    try connection.execute("UPDATE change_freeze SET released = ? WHERE id = ?", [event, id])
    try replace(freeze.released(at: time))
    return (freeze, true)
  }

  /// Returns the freezes that are in force at the time of this transaction and cover a part of the directory that the
  /// group changes.
  func freezes(covering group: Group) throws -> [CoveringFreeze] {
    let current = try currentFreezes()
    guard !current.isEmpty else { return [] }
    let subjects = group.drafts.filter(\.isIntended).map { ChangedPart.subject($0.intent.subject) }
    return try current.covering(group.parts + subjects, at: time, in: connection)
  }

  /// Returns the steps that called a connector in the period in which the connector was changed without Reflog.
  ///
  /// Only the steps of flows that are or were frozen are searched. The result is nil if there is no such flow, or if
  /// `change` is about a step.
  func callers(ofDrift change: Change, window: Duration) throws -> Freeze.Drift.Callers? {
    guard let connector = change.connectorID else { return nil }
    let flows = try currentFreezes().flows
    guard !flows.isEmpty else { return nil }
    let now = Set(try History.callers(of: connector, in: flows, connection))
    guard let start = change.earliestMoment(window: window) else { return .init(always: [], sometimes: now) }
    let earlier = try History.callers(of: connector, in: flows, until: start, connection)
    return .init(always: try now.filter { try keepsReference($0, since: start) }, sometimes: now.union(earlier))
  }

  /// Returns whether a step certainly called the same connector at each moment since `start`.
  ///
  /// The result is false if no change was applied at the step, because the ledger then does not contain the time since
  /// which the step calls its connector.
  private func keepsReference(_ address: Address, since start: Timestamp) throws -> Bool {
    let newest = try newestChanges(at: address)
    guard newest.pending == nil, newest.applied != nil, let row = try identities.knownRow(of: address) else {
      return false
    }
    // The changes of a step are settled in the order of their ids, so the newest one was settled last.
    let changed = try connection.integer(History.newestEffectiveTime, ["address": row])
    return changed.map { $0 < start.microseconds } ?? true
  }

  /// Records that a group overrides freezes.
  ///
  /// A freeze can cover a part of the directory for which the group has no draft. For example, a request deletes a flow
  /// with a frozen step that calls no connector. In this case, every intended change of the group has the override,
  /// because a request changes all its parts or none. Call this method before the drafts of the group are recorded.
  ///
  /// - Returns: One override for each draft that overrides a freeze. The key is the position of the draft in the group.
  func record(_ override: Group.Override, of freezes: [Freeze], by group: Group) throws -> [Int: FreezeOverride] {
    let intended = group.drafts.indices.filter { group.drafts[$0].isIntended }
    func covers(_ freeze: Freeze, _ index: Int) -> Bool {
      freeze.scope.contains(group.drafts[index].intent.subject)
    }
    let isWithoutDraft = freezes.contains { freeze in !intended.contains { covers(freeze, $0) } }
    let overriding =
      isWithoutDraft ? intended : intended.filter { index in freezes.contains { covers($0, index) } }
    let ids = IDRanges(overriding.map { head.nextChange + Int64($0) })
    let details = FreezeOverride.details(of: freezes, changes: ids)
    let event = try record(
      ServiceEvent.Content(.freezeOverridden, actor: override.actor, details: details, reason: override.reason)
    )
    overrideCount += 1
    let recorded = FreezeOverride(eventID: event, reason: override.reason, freezes: freezes.map(\.id))
    return Dictionary(uniqueKeysWithValues: overriding.map { ($0, recorded) })
  }

  /// Inserts the rows that link each change with the service event that records the override.
  ///
  /// Call this method after the drafts of the group were recorded.
  func link(_ overrides: [Int: FreezeOverride], to changes: [Change]) throws {
    for (position, override) in overrides.sorted(by: { $0.key < $1.key }) {
      try connection.execute(
        "INSERT INTO freeze_override (change, event) VALUES (?, ?)",
        [changes[position].id.number, override.eventID]
      )
    }
  }
}

extension Group.Draft {
  /// Whether the draft is the intent of a change whose write is sent to the directory.
  var isIntended: Bool { if case .intended = event { true } else { false } }
}

extension FreezeOverride {
  /// The details of a service event that records an override.
  fileprivate static func details(of freezes: [Freeze], changes: IDRanges) -> JSONObject {
    ["freezes": .string(IDRanges(freezes.map(\.id)).text), "changes": .string(changes.text)]
  }

  /// Reads the override of a change from a service event, or returns nil if the event records no override of the
  /// change.
  init?(of change: Int64, _ event: ServiceEvent) {
    guard event.content.kind == .freezeOverridden, event.content.ids("changes").contains(change),
      event.content.reason != nil || event.erased != nil
    else { return nil }
    self.init(
      eventID: event.id,
      reason: event.content.reason,
      freezes: event.content.ids("freezes").ranges.flatMap { Array($0) },
      erased: event.erased
    )
  }
}
