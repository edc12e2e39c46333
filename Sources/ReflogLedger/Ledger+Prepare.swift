package import ReflogModel

extension Ledger {
  /// Returns what the ledger knows of an address, from memory or, if the address was not used lately, from the file.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row of a change at the address is not what was logged.
  package func state(of address: Address) async throws(LedgerError) -> AddressState {
    if let known = context.memory.state(of: address) { return known }
    let generation = context.memory.generation
    let read = try await history.state(of: address)
    context.memory.remember(read.state, at: address, asOf: read.newestTime, of: generation)
    return read.state
  }

  /// Returns the writes that may have reached the directory at an address at or after this moment, at most a few
  /// hundred.
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

  /// Makes the next ``state(of:)`` read the file, because a transaction found another state than memory holds.
  package func forgetStates() {
    context.memory.forget()
  }

  /// Returns the first change of an earlier request with this idempotency key, and whether its body was the same.
  ///
  /// The result is nil if the key is new or a day old.
  package func change(named key: IdempotencyKey) async throws(LedgerError) -> (change: Change, isSameBody: Bool)? {
    let now = now
    let found = try await history.read { db in try IdempotencyRows.find(key, at: now, db) }
    guard let found, let change = try await history.change(found.change) else { return nil }
    return (change, found.isSameBody)
  }

  /// The newest durable checkpoint, or nil before this process has signed one.
  package var newestCheckpoint: String? { context.checkpoint }
}
