import ReflogLedger
package import ReflogModel

/// Restores the values that a connector had before an edit.
extension ChangeService {
  /// The maximum number of steps that are frozen together after the values of their connector are restored.
  package static let maximumCallerCount = 50

  /// Returns the plan of a restoration: the effect that it would have now. This method only reads.
  ///
  /// - Throws: `notRestorable` if the change is not an applied edit of a connector, if the connector was deleted later,
  ///   or if not all values before the edit are recorded.
  package func plan(restoring id: Change.ID, for caller: Caller) async throws(ServiceError) -> RestorationPlan {
    try Policy.require(caller, .read)
    return try await HistoryService(history: ledger.history).restoration(of: id, permitting: .all)
  }

  /// Returns the update that restores the values that a connector had before an edit.
  ///
  /// The update is checked again when it is carried out, so it never replaces the values of a later edit that the
  /// caller does not permit.
  ///
  /// - Parameters:
  ///   - id: The id of the edit.
  ///   - later: The later edits of the same properties whose values the caller permits to replace.
  ///   - caller: The requester.
  /// - Throws: `notRestorable` as ``plan(restoring:for:)`` does, or `forbidden` if there is no update and the caller may
  ///   not make changes.
  package func update(
    restoring id: Change.ID,
    permitting later: RollbackRule.LaterChanges,
    for caller: Caller
  ) async throws(ServiceError) -> ChangeRequest.Action {
    let plan: RestorationPlan
    do {
      plan = try await HistoryService(history: ledger.history).restoration(of: id, permitting: .all)
    } catch {
      try Policy.require(caller, .change)
      throw error
    }
    let restored = ChangeRequest.Restored(edit: id, later: later)
    return .updateConnector(plan.values.connector, plan.values.body, restoring: restored)
  }

  /// Returns the steps that call a connector now, sorted by address, at most ``maximumCallerCount``, and the number of
  /// all these steps.
  ///
  /// The steps of the embedded directory are read from the directory. Otherwise the ledger is the source.
  package func callers(
    of connector: ConnectorID,
    for caller: Caller
  ) async throws(ServiceError) -> (addresses: [Address], count: Int) {
    if let embedded = try await embeddedConnectors(for: caller) {
      let found = embedded.callers[connector] ?? []
      return (Array(found.sorted().prefix(Self.maximumCallerCount)), found.count)
    }
    let history = HistoryService(history: ledger.history)
    let calls = try await history.currentCalls(of: connector, limit: Self.maximumCallerCount)
    return (calls.changes.compactMap(\.intent.subject.address).sorted(), calls.count)
  }

  /// Returns the freeze that would refuse the restoration of a plan at this moment, and the frozen step if the freeze
  /// covers a step that calls the connector. The result is nil if there is no such freeze, or if the restoration is
  /// already done.
  ///
  /// If there are several, the result is the freeze that ends last.
  package func freeze(covering plan: RestorationPlan) async throws(ServiceError) -> CoveringFreeze? {
    guard plan.done == nil, !ledger.freezes.isEmpty else { return nil }
    let update = ChangeRequest.Action.updateConnector(plan.values.connector, plan.values.body)
    return try await reading(await ledger.freezes(covering: update.parts)).endingLast
  }

  /// Freezes the steps that call a connector, after the values before an edit of the connector were restored.
  ///
  /// A step that is already frozen at least as long gets no other freeze. A freeze of the same step may end a little
  /// earlier. If no step calls the connector, no step is frozen.
  package func freezeCallers(
    of connector: ConnectorID,
    for caller: Caller,
    as draft: (Address) -> Freeze.Draft
  ) async -> FrozenCallers {
    var frozen = FrozenCallers()
    guard let callers = try? await callers(of: connector, for: caller), callers.count > 0 else { return frozen }
    for address in callers.addresses {
      let draft = draft(address)
      if draft.from == nil, let freeze = freeze(insteadOf: draft, of: address) {
        frozen.earlier.append(freeze)
      } else if let freeze = try? await place(draft, for: caller) {
        frozen.placed.append(freeze)
      }
      // The values are restored already. So a step that can't be frozen does not stop the others.
    }
    frozen.isComplete = frozen.placed.count + frozen.earlier.count == callers.count
    return frozen
  }

  /// Returns the freeze that covers an address and makes another freeze unnecessary, or nil if there is none.
  private func freeze(insteadOf draft: Freeze.Draft, of address: Address) -> Freeze? {
    let now = freezeTime
    let covering = ledger.freezes.covering(.step(address), at: now).filter { freeze in
      freeze.ends(
        notBefore: draft.until.map {
          Freeze.sufficientEnd(for: $0, isSameScope: freeze.scope == draft.scope, at: now)
        }
      )
    }
    return covering.endingLast
  }
}

/// The freezes of the steps that call a connector, after the values before an edit of the connector were restored.
package struct FrozenCallers: Sendable {
  /// The freezes that were placed.
  package fileprivate(set) var placed: [Freeze] = []
  /// The earlier freezes that cover the other steps and end late enough.
  package fileprivate(set) var earlier: [Freeze] = []
  /// Whether at least one step calls the connector, and every such step is frozen.
  package fileprivate(set) var isComplete = false
}

extension HistoryService {
  /// Returns the plan of a restoration that can be carried out now.
  ///
  /// - Throws: `notRestorable` if the values can't be restored, or `editSuperseded` if later changes block the
  ///   restoration.
  func restoration(
    of id: Change.ID,
    permitting later: RollbackRule.LaterChanges
  ) async throws(ServiceError) -> RestorationPlan {
    let change = try await change(id)
    guard let plan = try await restoration(of: change) else {
      throw .notRestorable(
        id,
        why: change.intent.subject == .connector
          ? "it is not an applied edit of a connector"
          : "it is a change of a step. To roll it back, use `reflog rollback \(id)` or the page of the change"
      )
    }
    if let obstacle = plan.obstacle { throw .notRestorable(id, why: obstacle) }
    guard !plan.isBlocked(permitting: later) else {
      throw .editSuperseded(id, by: plan.supersededBy.reversed().map(\.id))
    }
    return plan
  }
}
