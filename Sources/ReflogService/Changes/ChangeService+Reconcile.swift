import ReflogLedger
package import ReflogModel

extension ChangeService {
  /// Settles a pending change immediately if the directory shows the change's result, and returns the change.
  ///
  /// The change is still pending after this call in three cases: two reads differ, the change is too recent for a
  /// conclusive read, or the directory can't be read. A change that is already settled is returned unchanged.
  ///
  /// - Parameters:
  ///   - id: The change to settle.
  ///   - caller: The caller, who must be permitted to make changes. The caller is recorded as the actor of the
  ///     statement.
  ///   - statement: The result that an operator states, with a reason. If the value is nil, only reads of the directory
  ///     are used. The statement is used only if the directory can't be read and the change is old enough. If the
  ///     directory can be read, the result of the read is used.
  /// - Throws: `alreadySettled` if the change is already settled with another result than the statement contains.
  ///   `stepUnresolved` if there is a statement, but the change is too recent or two reads differ.
  package func reconcile(
    _ id: Change.ID,
    for caller: Caller,
    stating statement: (result: Change.StatedResult, reason: String)? = nil
  ) async throws(ServiceError) -> Change {
    try Policy.require(caller, .change)
    let change = try await change(id)
    let lock = try await locks.take([change.lockKey])
    defer { lock.end() }
    let current = try await self.change(id)
    guard current.result == .pending else {
      guard statement.map({ $0.result.rawValue == current.result.rawValue }) ?? true else {
        throw .alreadySettled(id, current.result)
      }
      return current
    }
    switch (try await preparer.reconciliation.settle(current), statement) {
    case (.settled(let settled), _): return settled
    case (.tooEarly(let wait), _?): throw .stepUnresolved(id, retryAfter: wait)
    case (.unreadable, let statement?): return try await settle(current, by: statement, of: caller)
    case (.unsteady, _?): throw .stepUnresolved(id, retryAfter: Reconciliation.nextRead)
    case (.tooEarly, nil), (.unreadable, nil), (.unsteady, nil): return current
    }
  }

  /// Checks a change against the log, and returns the change.
  ///
  /// - Throws: `changePurged` if a purge deleted the change, or `changeNotFound` if no change has this id.
  func change(_ id: Change.ID) async throws(ServiceError) -> Change {
    try await HistoryService(history: ledger.history).change(id)
  }

  private func settle(
    _ change: Change,
    by statement: (result: Change.StatedResult, reason: String),
    of caller: Caller
  ) async throws(ServiceError) -> Change {
    let statement = Change.Statement(result: statement.result, reason: statement.reason, actor: caller.actor)
    let group = Group(settlements: [.init(change, by: .stated(statement), settledBy: .person)])
    do {
      guard case .recorded(let settled, _) = try await ledger.append(group) else { return change }
      return settled.first ?? change
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }
}
