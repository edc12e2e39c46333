import ReflogModel
import ReflogStorage

extension LedgerSession {
  /// The maximum time by which the clock may be behind the newest entry.
  ///
  /// This time is longer than any difference between two clocks of one host.
  static let toleratedClockLag = Duration.seconds(5)

  /// Appends a group, or returns the reason why the group is refused.
  ///
  /// If the group is refused, no part of the group is written.
  ///
  /// - Parameters:
  ///   - group: The group to append.
  ///   - acceptsClock: Whether to record changes although the clock is behind the newest entry.
  func append(_ group: Group, acceptsClock: Bool) throws -> Appended {
    if !group.drafts.isEmpty, !acceptsClock, clockLag > Self.toleratedClockLag {
      throw LedgerError.clockBehind(by: clockLag)
    }
    let freezes = try freezes(covering: group)
    if let refusal = try refusal(of: group, freezes) { return refusal }
    let settled = try group.settlements.map(settle)
    let drafts = try record(group.drafts, of: group, overriding: freezes)
    for event in group.events { try record(event) }
    // The key is recorded with the change that this request made. A draft for a drift, or for the effect of an earlier
    // request, is skipped: this request only records such a change.
    let made = zip(group.drafts, drafts).first { draft, change in
      change.intent.kind != .drift && !draft.event.isOfEarlierRequest
    }
    if let key = group.key, let made { try name(made.1.id, key) }
    try record(group.seen)
    return .recorded(settled: settled, drafts: drafts)
  }

  /// Records the drafts of a group, and the override of the freezes that cover the group.
  private func record(
    _ drafts: [Group.Draft],
    of group: Group,
    overriding freezes: [CoveringFreeze]
  ) throws -> [Change] {
    guard !freezes.isEmpty, let override = group.override else { return try drafts.map { try record($0) } }
    let overrides = try record(override, of: freezes.map(\.freeze), by: group)
    var changes: [Change] = []
    for (position, draft) in drafts.enumerated() {
      changes.append(try record(draft, overriding: overrides[position]))
    }
    try link(overrides, to: changes)
    return changes
  }

  /// Returns the reason why a group is refused, or nil if the group can be appended.
  ///
  /// The caller writes rows only after this check, so a refused group leaves no rows in the file.
  private func refusal(of group: Group, _ freezes: [CoveringFreeze]) throws -> Appended? {
    if let key = group.key, let repeated = try answer(to: key) { return repeated }
    if group.override == nil, let freeze = freezes.endingLast { return .frozen(freeze) }
    for (address, newestApplied) in group.prepared {
      let (pending, newest) = try newestChanges(at: address)
      if let pending { return .pending(pending) }
      if newest != newestApplied { return .moved(address) }
    }
    for connector in group.connectors {
      if let pending = try pendingChange(of: connector) { return .pending(pending) }
    }
    return nil
  }

  /// Returns the ids of the pending change and of the newest applied change at an address.
  ///
  /// An id is nil if the address has no such change.
  func newestChanges(at address: Address) throws -> (pending: Change.ID?, applied: Change.ID?) {
    guard let row = try identities.knownRow(of: address) else { return (nil, nil) }
    let newest = try rows.newestChanges(atAddress: row)
    return (newest.pending.map { Change.ID($0) }, newest.applied.map { Change.ID($0) })
  }

  /// Returns the pending change of a connector, or nil if there is none.
  private func pendingChange(of connector: ConnectorID) throws -> Change.ID? {
    guard let row = try identities.knownRow(of: connector) else { return nil }
    return try rows.pendingChange(ofConnector: row).map { Change.ID($0) }
  }

  /// Returns the reason for a refusal if an earlier request used this key, or nil if the key may be used.
  ///
  /// A used key may be used again under three conditions: the directory did not make the change of the earlier request,
  /// the request bodies are equal, and a repetition of the request may succeed.
  private func answer(to key: IdempotencyKey) throws -> Appended? {
    guard let earlier = try rows.request(with: key, notBefore: IdempotencyRows.oldest(at: time)) else { return nil }
    return earlier.frees && earlier.isSameBody
      ? nil : .repeated(Change.ID(earlier.change), isSameBody: earlier.isSameBody)
  }

  /// The number of new idempotency keys between two removals of old keys.
  ///
  /// A removal removes keys that are a day old. It can remove more keys than were added after the last removal, so old
  /// keys do not accumulate.
  private static let keysBetweenRemovals = 256

  /// Records an idempotency key together with the change that was made with the key.
  private func name(_ change: Change.ID, _ key: IdempotencyKey) throws {
    keysSinceRemoval += 1
    if keysSinceRemoval > Self.keysBetweenRemovals {
      try IdempotencyRows.removeOld(at: time, limit: 4 * Self.keysBetweenRemovals, connection)
      keysSinceRemoval = 0
    }
    try rows.insert(KeyRow(key: key, change: change.number, recorded: time.microseconds))
  }

  /// Records observations.
  private func record(_ observations: [Observation]) throws {
    guard !observations.isEmpty else { return }
    let newest = head.nextSequence - 1
    try ObservationRows.record(observations, at: time, newestEntry: newest, identities, connection)
    note(observations)
  }
}
