package import ReflogModel

extension Ledger {
  /// What the ledger knows of an address: from memory, or read from the file where it was not in use lately.
  ///
  /// Throws `altered` where a change that it holds is not what was logged.
  package func state(of address: Address) async throws(LedgerError) -> AddressState {
    if let known = context.memory.state(of: address) { return known }
    let generation = context.memory.generation
    let read = try await history.state(of: address)
    context.memory.remember(read.state, at: address, asOf: read.newestTime, of: generation)
    return read.state
  }

  /// The writes that may have reached an address at this moment or later, at most a few hundred.
  package func recentWrites(at address: Address, since moment: Timestamp) async throws(LedgerError) -> [RecentWrite] {
    if let known = context.memory.writes(at: address, since: moment) { return known }
    return try await history.recentChanges(at: address, since: moment, limit: 256).map(RecentWrite.init)
  }

  /// The change that is under way at a connector, or nil if there is none.
  package func pendingChange(of connector: ConnectorID) async throws(LedgerError) -> Change? {
    if let known = context.memory.pending(of: connector) { return known }
    let generation = context.memory.generation
    let read = try await history.pendingChange(of: connector)
    context.memory.remember(pending: read, of: connector, of: generation)
    return read
  }

  /// Has the next ``state(of:)`` read the file: a transaction found something else than memory said.
  package func forgetStates() {
    context.memory.forget()
  }

  /// The change that an earlier request with this key made first, and whether its body was the same; nil where the key is new, or a
  /// day old.
  package func change(named key: IdempotencyKey) async throws(LedgerError) -> (change: Change, isSameBody: Bool)? {
    let now = now
    let found = try await history.read { db in try IdempotencyRows.find(key, at: now, db) }
    guard let found, let change = try await history.change(found.change) else { return nil }
    return (change, found.isSameBody)
  }

  /// The newest checkpoint that is durable; nil before this process has signed one.
  package var newestCheckpoint: String? { context.checkpoint }
}
