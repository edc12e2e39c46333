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
  /// When the update is carried out, it is checked again. So it replaces the values of a later edit only if the caller
  /// permits this.
  ///
  /// - Parameters:
  ///   - id: The id of the edit.
  ///   - later: The later edits of the same properties whose values may be replaced.
  ///   - caller: The requester.
  /// - Throws: `notRestorable` in the cases of ``plan(restoring:for:)``. If the caller has no right to make changes,
  ///   the error in these cases is `forbidden`.
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

  /// Returns the steps that call a connector now, sorted by address, and the number of these steps.
  ///
  /// The result contains at most ``maximumCallerCount`` steps, but all steps are counted. For the embedded directory,
  /// the steps are read from the directory. For another directory, the steps are read from the ledger.
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

  /// Returns the freeze that would refuse the restoration of a plan at this moment.
  ///
  /// If the freeze covers a step that calls the connector, the result also contains this step. If several freezes would
  /// refuse the restoration, the result is the freeze that ends last. The result is nil if no freeze would refuse the
  /// restoration, or if the restoration is already done.
  package func freeze(covering plan: RestorationPlan) async throws(ServiceError) -> CoveringFreeze? {
    guard plan.done == nil, !ledger.freezes.isEmpty else { return nil }
    let update = ChangeRequest.Action.updateConnector(plan.values.connector, plan.values.body)
    return try await reading(await ledger.freezes(covering: update.parts)).endingLast
  }

  /// Freezes the steps that call a connector, after the values before an edit of the connector were restored.
  ///
  /// A step gets no new freeze if an existing freeze already covers the step until the end of the new freeze. If both
  /// freezes have the same scope, the existing freeze may end a little earlier than the new freeze. If no step calls
  /// the connector, no step is frozen.
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
      // The values are restored already. So if a step can't be frozen, the loop continues with the next step.
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
  /// The existing freezes that made new freezes of the other steps unnecessary.
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
