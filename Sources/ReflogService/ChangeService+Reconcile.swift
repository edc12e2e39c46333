import ReflogLedger
package import ReflogModel

extension ChangeService {
  /// Looks at once at what became of a pending change, and returns the change as it is then: settled, or still pending
  /// where the looks don't agree or none was possible. One that is settled already comes back as it is.
  ///
  /// - Parameter statement: what to settle it by where the directory can't be read and the window is over. What the
  ///   directory shows goes before what somebody says.
  package func reconcile(
    _ id: Change.ID,
    for caller: Caller,
    stating statement: (result: Change.StatedResult, reason: String)? = nil
  ) async throws(ServiceError) -> Change {
    guard Policy.permits(caller, .change) else { throw .forbidden([]) }
    let change = try await change(id)
    let turn = try await turns.take([change.turnKey])
    defer { turn.end() }
    let current = try await self.change(id)
    guard current.result == .pending else {
      guard statement.map({ $0.result.rawValue == current.result.rawValue }) ?? true else {
        throw .alreadySettled(id, current.result)
      }
      return current
    }
    switch (try await reconciliation.settle(current), statement) {
    case (.settled(let settled), _): return settled
    case (.tooEarly(let wait), _?): throw .stepUnresolved(id, retryAfter: wait)
    case (.unreadable, let statement?): return try await settle(current, by: statement, of: caller)
    case (.unsteady, _?): throw .stepUnresolved(id, retryAfter: Self.nextLook)
    case (.tooEarly, nil), (.unreadable, nil), (.unsteady, nil): return current
    }
  }

  /// Settles what an earlier request left pending by looking at the directory, or refuses.
  func settle(_ pending: Change) async throws(ServiceError) {
    switch try await reconciliation.settle(pending) {
    case .settled: return
    case .tooEarly(let wait): throw .stepUnresolved(pending.id, retryAfter: wait)
    case .unreadable, .unsteady: throw .stepUnresolved(pending.id, retryAfter: Self.nextLook)
    }
  }

  /// When it is worth asking again after a look that showed nothing.
  private static let nextLook = Duration.seconds(5)

  private func settle(
    _ change: Change,
    by statement: (result: Change.StatedResult, reason: String),
    of caller: Caller
  ) async throws(ServiceError) -> Change {
    let statement = Change.Statement(result: statement.result, reason: statement.reason, actor: caller.actor)
    do {
      return try await ledger.settle(
        [change],
        by: .stated(statement),
        settledBy: .person,
        usingReservedPlace: false
      ).first ?? change
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }
}
