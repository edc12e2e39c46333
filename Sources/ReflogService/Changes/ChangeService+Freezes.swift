import ReflogLedger
package import ReflogModel

/// Places, checks and releases the freezes of steps and connectors.
extension ChangeService {
  /// The current time for the comparison of freezes with changes.
  ///
  /// The transaction that records a change uses the same time. If the clock is behind the newest entry, this is the
  /// time of the newest entry.
  package var freezeTime: Timestamp { ledger.nextTime }

  /// Returns the freeze that covers an address and is in force at this moment, or nil if no freeze covers the address.
  ///
  /// If several freezes cover the address, the result is the freeze that ends last.
  package func freeze(covering address: Address) -> Freeze? {
    ledger.freezes.covering(.step(address), at: freezeTime).endingLast
  }

  /// Returns the freezes that are in force at this moment and cover the subject of a change.
  ///
  /// These freezes would refuse another change of the same step or connector. For a connector, the freezes of the steps
  /// that call the connector are included. To find these steps, the ledger is read, but only if a step or a flow is
  /// frozen.
  package func freezes(coveringSubjectOf change: Change) async throws(ServiceError) -> [CoveringFreeze] {
    if let connector = change.connectorID { return try await freezes(covering: connector) }
    return ledger.freezes.covering(change.intent.subject, at: freezeTime).map { CoveringFreeze($0) }
  }

  /// Returns the freezes that are in force at this moment and cover a connector or a step that calls the connector.
  package func freezes(covering connector: ConnectorID) async throws(ServiceError) -> [CoveringFreeze] {
    try await reading(await ledger.freezes(covering: [.subject(.connector), .callers(of: connector)]))
  }

  /// The freezes that are in force at this moment, in the order in which they were placed.
  package var freezesInForce: [Freeze] {
    let now = freezeTime
    return ledger.freezes.all.filter { $0.state(at: now) == .inForce }
  }

  /// The number of freezes that are in force at this moment.
  package var countOfFreezesInForce: Int { ledger.freezes.count(at: freezeTime) }

  /// Throws `frozen` if a freeze covers a part of the directory that a request changes, and the caller does not override
  /// the freeze.
  ///
  /// This check comes early, so that a refused request does not read the directory. The transaction that records the
  /// intent makes the same comparison again.
  func requireNoFreeze(for request: ChangeRequest, _ preparer: Preparer) async throws(ServiceError) {
    guard !ledger.freezes.isEmpty, request.override == nil else { return }
    guard let covering = try await reading(await ledger.freezes(covering: request.action.parts)).endingLast else {
      return
    }
    // An earlier request with the same idempotency key may have been applied before the freeze began. In this case, the
    // caller gets the answer to that request.
    guard try await earlierAnswer(to: request, preparer) == nil else { return }
    // If a restoration is repeated without a key, the caller gets the change that already restored the values. So this
    // repetition is not refused either.
    if let edit = request.action.restoredEdit {
      let history = HistoryService(history: ledger.history)
      guard try await history.restoration(of: try await history.change(edit))?.done == nil else { return }
    }
    throw .frozen([], covering)
  }

  /// Returns the freezes that are planned or in force, sorted by the time at which each freeze was placed.
  package func freezes(for caller: Caller) async throws(ServiceError) -> [Freeze] {
    try Policy.require(caller, .read)
    return try await reading(await ledger.history.openFreezes(at: freezeTime))
  }

  /// Returns the freeze with this id, even if the freeze is over.
  ///
  /// - Throws: `freezeNotFound` if there is no freeze with this id.
  package func freeze(_ id: Int64, for caller: Caller) async throws(ServiceError) -> Freeze {
    try Policy.require(caller, .read)
    guard let freeze = try await reading(await ledger.history.freeze(id)) else { throw .freezeNotFound(id) }
    return freeze
  }

  /// Places a freeze.
  ///
  /// When this method returns, changes in the scope of the freeze are refused while the freeze is in force.
  ///
  /// - Throws: `freezeIsEmpty` if the end of the freeze is not later than its start, or `tooManyFreezes` if the maximum
  ///   number of freezes is reached.
  package func place(_ draft: Freeze.Draft, for caller: Caller) async throws(ServiceError) -> Freeze {
    try Policy.require(caller, .freeze)
    switch try await recording(await ledger.place(draft, by: caller.actor)) {
    case .placed(let freeze): return freeze
    case .isEmpty: throw .freezeIsEmpty
    case .tooMany: throw .tooManyFreezes
    }
  }

  /// Releases a freeze.
  ///
  /// - Throws: `freezeNotFound` if there is no freeze with this id, or `freezeIsOver` if the freeze is already over.
  package func releaseFreeze(_ id: Int64, for caller: Caller) async throws(ServiceError) {
    try Policy.require(caller, .freeze)
    guard let found = try await recording(await ledger.releaseFreeze(id, by: caller.actor)) else {
      throw .freezeNotFound(id)
    }
    guard found.isReleased else { throw .freezeIsOver(found.freeze) }
  }
}
