import ReflogModel
import ReflogStorage

extension LedgerSession {
  /// How far the clock may be behind the newest entry: more than the clocks of one host ever differ.
  static let toleratedClockLag = Duration.seconds(5)

  /// Appends a group, or returns the reason why it is refused.
  ///
  /// If it is refused, no part of it was written.
  ///
  /// - Parameters:
  ///   - group: What to append.
  ///   - acceptsClock: Whether to record changes although the clock is behind the newest entry.
  func append(_ group: Group, acceptsClock: Bool) throws -> Appended {
    if !group.drafts.isEmpty, !acceptsClock, clockLag > Self.toleratedClockLag {
      throw LedgerError.clockBehind(by: clockLag)
    }
    if let refusal = try refusal(of: group) { return refusal }
    let settled = try group.settlements.map(settle)
    let drafts = try group.drafts.map(record)
    for event in group.events { try record(event) }
    // A drift is not the result of a request.
    if let key = group.key, let named = drafts.first(where: { $0.intent.kind != .drift }) {
      try name(named.id, key)
    }
    try record(group.seen)
    return .recorded(settled: settled, drafts: drafts)
  }

  /// Returns the reason why a group is refused, or nil; all checks come before the first write.
  private func refusal(of group: Group) throws -> Appended? {
    if let key = group.key, let repeated = try answer(to: key) { return repeated }
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

  /// Returns the pending and the newest applied change at an address, each nil if there is none.
  private func newestChanges(at address: Address) throws -> (pending: Change.ID?, applied: Change.ID?) {
    guard let row = try identities.knownRow(of: address) else { return (nil, nil) }
    let statement = statements.newestAtAddress
    statement.bind(1, row)
    defer { statement.reset() }
    guard let found = try statement.next() else { return (nil, nil) }
    let (pending, applied) = (try found.optionalInteger(0), try found.integer(1))
    return (pending.map { Change.ID($0) }, applied > 0 ? Change.ID(applied) : nil)
  }

  /// Returns the pending change of a connector, or nil if there is none.
  private func pendingChange(of connector: ConnectorID) throws -> Change.ID? {
    guard let row = try identities.knownRow(of: connector) else { return nil }
    statements.pendingOfConnector.bind(1, row)
    return try statements.pendingOfConnector.first { Change.ID(try $0.integer(0)) }
  }

  /// Returns the refusal if an earlier request used this key, or nil if the key is free.
  ///
  /// The key is free again if the change of that request was not made and may succeed now.
  private func answer(to key: IdempotencyKey) throws -> Appended? {
    let statement = statements.findKey
    key.keyHash.withUnsafeBytes { statement.bind(1, $0) }
    statement.bind(2, IdempotencyRows.oldest(at: time))
    let found = try statement.first { row in
      (Change.ID(try row.integer(0)), try row.blob(1).elementsEqual(key.bodyHash))
    }
    guard let (change, isSameBody) = found else { return nil }
    statements.keyState.bind(1, change.number)
    let frees = try statements.keyState.first { try $0.bool(0) }
    // The change was purged.
    guard let frees else { return nil }
    return frees && isSameBody ? nil : .repeated(change, isSameBody: isSameBody)
  }

  /// The number of keys after which some keys that are a day old are removed.
  ///
  /// More are removed than were added.
  private static let keysBetweenRemovals = 256

  /// Records the change of an idempotency key.
  private func name(_ change: Change.ID, _ key: IdempotencyKey) throws {
    keysSinceRemoval += 1
    if keysSinceRemoval > Self.keysBetweenRemovals {
      try IdempotencyRows.removeOld(at: time, limit: 4 * Self.keysBetweenRemovals, connection)
      keysSinceRemoval = 0
    }
    let statement = statements.insertKey
    key.keyHash.withUnsafeBytes { statement.bind(1, $0) }
    key.bodyHash.withUnsafeBytes { statement.bind(2, $0) }
    statement.bind(3, change.number)
    statement.bind(4, time.microseconds)
    try statement.run()
  }

  /// Records observations.
  private func record(_ observations: [Observation]) throws {
    guard !observations.isEmpty else { return }
    try ObservationRows.record(observations, at: time, identities, connection)
    note(observations)
  }
}
