package import ReflogModel
import ReflogStorage

extension LedgerSession {
  /// Returns the freezes that are in force or planned.
  ///
  /// The freezes are in memory. They are read again only if a transaction changed the freezes and was rolled back. The
  /// memory is always current for two reasons: each change of a freeze appends an entry, and ``begin(_:)`` checks that
  /// no program except Reflog appended an entry.
  func currentFreezes() throws -> Freezes {
    if let freezes { return freezes }
    let read = Freezes(try FreezeRows.open(at: time, connection))
    freezes = read
    return read
  }

  /// Drops the freezes from memory, so the next use reads the freezes from the file.
  func forgetFreezes() {
    freezes = nil
    changesFreezes = true
  }

  /// Replaces the freezes in memory, because this transaction changes them.
  private func replaceFreezes(by freezes: [Freeze]) {
    self.freezes = Freezes(freezes)
    changesFreezes = true
  }

  /// Returns the freezes that are not over at the time of this transaction.
  private func openFreezes() throws -> [Freeze] {
    try currentFreezes().all.filter { $0.isOpen(at: time) }
  }

  /// Places a freeze, and returns it.
  ///
  /// A start in the past is replaced by the time of this transaction.
  ///
  /// - Returns: The freeze, or nil if the maximum number of freezes is reached.
  func place(_ draft: Freeze.Draft, by actor: Change.Actor) throws -> Freeze? {
    let open = try openFreezes()
    guard open.count < Freeze.maximumCount else { return nil }
    let freeze = Freeze(
      id: head.nextEvent,
      scope: draft.scope,
      reason: draft.reason,
      actor: actor,
      placed: time,
      from: max(draft.from ?? time, time),
      until: draft.until
    )
    try record(ServiceEvent.Content(.freezePlaced, actor: actor, details: freeze.details))
    try connection.execute(
      "INSERT INTO change_freeze (id, ends) VALUES (?, ?)",
      [freeze.id, freeze.until?.microseconds]
    )
    replaceFreezes(by: open + [freeze])
    return freeze
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
    replaceFreezes(by: try openFreezes().filter { $0.id != id })
    return (freeze, true)
  }

  /// Returns the freezes that are in force at the time of this transaction and cover a change that the group sends to
  /// the directory.
  func freezes(covering group: Group) throws -> [Freeze] {
    let current = try currentFreezes()
    guard !current.isEmpty else { return [] }
    return current.covering(group.drafts.filter(\.isIntended).map(\.intent.subject), at: time)
  }

  /// Records that changes of a group override the freezes that cover these changes.
  ///
  /// Call this method before the drafts of the group are recorded.
  ///
  /// - Returns: One override for each draft that overrides a freeze. The key is the position of the draft in the group.
  func recordOverride(of freezes: [Freeze], by group: Group, because reason: String) throws -> [Int: FreezeOverride] {
    let overriding = group.drafts.indices.filter { index in
      let draft = group.drafts[index]
      return draft.isIntended && freezes.contains { $0.scope.contains(draft.intent.subject) }
    }
    guard let first = overriding.first else { return [:] }
    let ids = IDRanges(overriding.map { head.nextChange + Int64($0) })
    let details = FreezeOverride.details(of: freezes, changes: ids, reason: reason)
    let actor = group.drafts[first].intent.actor
    let event = try record(ServiceEvent.Content(.freezeOverridden, actor: actor, details: details))
    let override = FreezeOverride(eventID: event, reason: reason, freezes: freezes.map(\.id))
    return Dictionary(uniqueKeysWithValues: overriding.map { ($0, override) })
  }

  /// Inserts the rows that link each change with the service event that records the override.
  ///
  /// Call this method after the drafts of the group were recorded.
  func link(_ overrides: [Int: FreezeOverride], to changes: [Change]) throws {
    for (position, override) in overrides.sorted(by: { $0.key < $1.key }) {
      try connection.execute(
        "INSERT INTO freeze_override (change, event, reason) VALUES (?, ?, ?)",
        [changes[position].id.number, override.eventID, override.reason]
      )
    }
  }
}

extension Group.Draft {
  /// Whether the draft is the intent of a change whose write is sent to the directory.
  package var isIntended: Bool { if case .intended = event { true } else { false } }
}

extension FreezeOverride {
  /// The details of a service event that records an override.
  package static func details(of freezes: [Freeze], changes: IDRanges, reason: String) -> JSONObject {
    [
      "freezes": .string(IDRanges(freezes.map(\.id)).text), "changes": .string(changes.text),
      "reason": .string(reason),
    ]
  }

  /// Reads the override of a change from a service event, or returns nil if the event records no override of the
  /// change.
  init?(of change: Int64, _ event: ServiceEvent) {
    guard event.content.kind == .freezeOverridden, event.content.ids("changes").contains(change),
      let reason = event.content.details["reason"]?.string
    else { return nil }
    self.init(eventID: event.id, reason: reason, freezes: event.content.ids("freezes").ranges.flatMap { Array($0) })
  }
}
