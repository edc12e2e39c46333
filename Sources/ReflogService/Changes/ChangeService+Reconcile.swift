import ReflogLedger
package import ReflogModel

extension ChangeService {
  /// Finds out at once what became of a pending change, and returns the change as it is then: settled, or still pending where two reads
  /// don't agree or none was possible. One that is settled already comes back as it is.
  ///
  /// - Parameter statement: what to settle it by where the directory can't be read and the window is over. What the directory shows
  ///   goes before what a person says.
  package func reconcile(
    _ id: Change.ID,
    for caller: Caller,
    stating statement: (result: Change.StatedResult, reason: String)? = nil
  ) async throws(ServiceError) -> Change {
    guard Policy.permits(caller, .change) else { throw .forbidden([]) }
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

  /// A change, as it was logged. Throws `changeNotFound`, or `changePurged` where it was purged.
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
