package import ReflogModel

extension Ledger {
  /// Returns the recorded state of an address, from memory or from the ledger's file.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row of a change at the address does not match the log.
  package func state(of address: Address) async throws(LedgerError) -> AddressState {
    if let known = context.memory.state(of: address) { return known }
    let generation = context.memory.generation
    let read = try await history.state(of: address)
    context.memory.remember(read.state, at: address, asOf: read.newestTime, of: generation)
    return read.state
  }

  /// Returns the newest writes to an address, at most a few hundred.
  ///
  /// The result contains only writes that possibly reached the directory at or after `moment`.
  package func recentWrites(at address: Address, since moment: Timestamp) async throws(LedgerError) -> [RecentWrite] {
    if let known = context.memory.writes(at: address, since: moment) { return known }
    return try await history.recentChanges(at: address, since: moment, limit: 256).map(RecentWrite.init)
  }

  /// Returns the pending change of a connector, or nil if there is none.
  package func pendingChange(of connector: ConnectorID) async throws(LedgerError) -> Change? {
    if let known = context.memory.pending(of: connector) { return known }
    let generation = context.memory.generation
    let read = try await history.pendingChange(of: connector)
    context.memory.remember(pending: read, of: connector, of: generation)
    return read
  }

  /// Drops all states from memory, so the next call of ``state(of:)`` reads the ledger's file.
  ///
  /// Call this method after a transaction found that a state in the file differs from the state in memory.
  package func forgetStates() {
    context.memory.forget()
  }

  /// Returns the change that an earlier request with this idempotency key made.
  ///
  /// `isSameBody` is true if the earlier request had the same body as the present request, whose hash is in `key`. The
  /// result is nil if no request used the key within the last day, or if the change was purged.
  package func change(named key: IdempotencyKey) async throws(LedgerError) -> (change: Change, isSameBody: Bool)? {
    let now = now
    let found = try await history.read { db in try IdempotencyRows.find(key, at: now, db) }
    guard let found, let change = try await history.change(found.change) else { return nil }
    return (change, found.isSameBody)
  }

  /// The newest durable checkpoint, or nil if this process has signed none yet.
  package var newestCheckpoint: String? { context.checkpoint }

  /// The sequence of the newest durable entry, or nil if this process has recorded none yet.
  ///
  /// This property reads only memory, so background work can read it often.
  package var newestSequence: Int64? {
    // The second line of a checkpoint is the number of entries that it covers.
    let lines = context.checkpoint?.split(separator: "\n", maxSplits: 2) ?? []
    return lines.count > 1 ? Int64(lines[1]).map { $0 - 1 } : nil
  }
}
