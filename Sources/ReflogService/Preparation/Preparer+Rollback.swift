import ReflogLedger
import ReflogModel

extension Preparer {
  /// A change that can be rolled back, its address, and the reference to restore.
  struct RollbackTarget: Sendable {
    let change: Change
    let address: Address
    let reference: ConnectorReference
  }

  /// Returns the reference that a rollback of a change restores, and the address of the change.
  ///
  /// - Throws: `notRollbackable` if the change can't be rolled back.
  func rollbackTarget(_ id: Change.ID) async throws(ServiceError) -> RollbackTarget {
    let change = try await HistoryService(history: ledger.history).change(id)
    do {
      let target = try RollbackRule.target(of: change)
      return RollbackTarget(change: change, address: target.address, reference: target.reference)
    } catch {
      throw .notRollbackable(id, why: error.why)
    }
  }

  /// Returns the plan of the rollback of a change: the result that the rollback would have now.
  ///
  /// This method only reads: no change is recorded, and no write is sent.
  func plan(rollbackOf id: Change.ID) async throws(ServiceError) -> RollbackPlan {
    let target = try await rollbackTarget(id)
    let state = try await reader.state(of: target.address)
    if let pending = state.pending { throw .stepUnresolved(pending.id, retryAfter: .zero) }
    let read: ConnectorReference
    do { read = try await directory.reference(at: target.address) } catch { throw ServiceError(beforeSending: error) }
    let found = try await reader.judge(read, at: target.address, requestID: "", by: .request)
    let isInForce = found.newestEffective?.intent.rollbackOf == id
    return RollbackPlan(
      rollbackOf: id,
      address: target.address,
      before: found.reference,
      after: target.reference,
      supersededBy: isInForce ? [] : try await effectiveChanges(at: target.address, after: id),
      newest: found.newestEffective?.id,
      isDrifted: found.drift != nil,
      connectorExists: try await connector(of: target.reference) != nil,
      edits: try await edits(of: target.reference, since: target.change),
      currentEdits: try await currentEdits(found)
    )
  }

  /// Returns the edits that were made, after a change, to the connector in a reference.
  ///
  /// The result is nil if the reference contains no connector, or if the connector was not edited after the change.
  private func edits(
    of reference: ConnectorReference,
    since change: Change
  ) async throws(ServiceError) -> ConnectorEdits? {
    guard let connector = reference.connectorID else { return nil }
    let moment = change.newestDateTime
    return try await HistoryService(history: ledger.history).edits(of: [connector], since: moment)[connector]
  }

  /// Returns the edits that were made to the connector that the step calls now, after the step was set to call it.
  private func currentEdits(_ found: ReferenceReader.Found) async throws(ServiceError) -> ConnectorEdits? {
    guard let newest = found.newestApplied, newest.after == found.reference else { return nil }
    return try await edits(of: found.reference, since: found.newestEffective ?? newest)
  }

  /// Prepares the rollback of a change.
  func prepareRollback(
    _ request: ChangeRequest,
    of id: Change.ID,
    permitting later: RollbackRule.LaterChanges
  ) async throws(ServiceError) -> Prepared {
    let target = try await rollbackTarget(id)
    func intent(before: ConnectorReference, after: ConnectorReference) -> Change.Intent {
      request.intent(.step(target.address), kind: .rollback, before: before, after: after, rollbackOf: id)
    }
    try await requireNoPendingRollback(of: id, at: target.address, for: request)
    let found = try await readBefore(target.address, for: request) { intent(before: $0, after: target.reference) }
    let (verdict, after) = try await verdict(on: found, backTo: target.reference) { situation in
      RollbackRule.verdict(on: id, in: situation, permitting: later)
    }
    switch verdict {
    case .permitted:
      return .toDo(prepared(request, found, intent(before: found.reference, after: after), target.address, after))
    case .done(let change): return .done(change)
    case .superseded, .changedSince:
      try await recordDrift(found)
      throw .changeSuperseded(id, by: try await effectiveChanges(at: target.address, after: id))
    case .connectorMissing, .dependsOnConnector:
      try await recordDrift(found)
      throw Self.missing(after)
    }
  }

  /// Prepares the rollback of an address to the reference that the address held at the time of `rollback`.
  ///
  /// If the address already holds that reference, no write is sent.
  func prepareRollback(
    _ request: ChangeRequest,
    to target: ConnectorReference,
    at address: Address,
    within rollback: TimeRollback
  ) async throws(ServiceError) -> Prepared {
    func intent(before: ConnectorReference, after: ConnectorReference) -> Change.Intent {
      request.intent(.step(address), kind: .rollback, before: before, after: after, within: rollback)
    }
    let found = try await readBefore(address, for: request) { intent(before: $0, after: target) }
    let (verdict, after) = try await verdict(on: found, backTo: target) { situation in
      RollbackRule.verdict(on: rollback, to: target, in: situation, newestApplied: found.newestApplied)
    }
    switch verdict {
    case .permitted:
      return .toDo(prepared(request, found, intent(before: found.reference, after: after), address, after))
    case .done(let change):
      guard let drift = found.drift else { return .done(change) }
      // The reference was already set without Reflog. So this drift is recorded and returned as the result.
      return .done(try await ledger.record(Group(drafts: [drift])).first ?? change)
    case .changedSince(let id):
      try await recordDrift(found)
      throw .changedSince(id)
    case .superseded, .connectorMissing, .dependsOnConnector:
      try await recordDrift(found)
      throw Self.missing(after)
    }
  }

  private func prepared(
    _ request: ChangeRequest,
    _ found: ReferenceReader.Found,
    _ intent: Change.Intent,
    _ address: Address,
    _ after: ConnectorReference
  ) -> Preparation {
    Preparation(group: group(request, [found], [intent]), write: .setReference(address, after))
  }

  /// Returns whether the rollback is permitted, and the reference to restore.
  ///
  /// The connector is read at most once, and only if the rule needs the connector. If the connector is read, the
  /// returned reference contains the connector's current name.
  private func verdict(
    on found: ReferenceReader.Found,
    backTo target: ConnectorReference,
    by rule: (RollbackRule.Situation) -> RollbackRule.Verdict
  ) async throws(ServiceError) -> (RollbackRule.Verdict, ConnectorReference) {
    var situation = RollbackRule.Situation(
      current: found.reference,
      isDrifted: found.drift != nil,
      newestEffective: found.newestEffective,
      connectorExists: nil
    )
    let verdict = rule(situation)
    guard case .dependsOnConnector = verdict else { return (verdict, target) }
    let after: ConnectorReference?
    do {
      after = try await connector(of: target)
    } catch {
      try await recordDrift(found)
      throw error
    }
    situation.connectorExists = after != nil
    return (rule(situation), after ?? target)
  }

  /// Returns a reference with the current name of its connector, or nil if the connector does not exist.
  private func connector(of reference: ConnectorReference) async throws(ServiceError) -> ConnectorReference? {
    guard let id = reference.connectorID else { return reference }
    do { return try await directory.connector(id)?.reference } catch { throw ServiceError(beforeSending: error) }
  }

  private static func missing(_ reference: ConnectorReference) -> ServiceError {
    reference.connectorID.map { .connectorMissing($0) } ?? .directoryUnavailable("it returned no connector")
  }

  /// Returns the effective changes that are newer than a change and therefore block the rollback of that change.
  ///
  /// The result has at most a hundred changes, because the message to the caller does not need more changes.
  private func effectiveChanges(at address: Address, after id: Change.ID) async throws(ServiceError) -> [Change.ID] {
    do {
      return try await ledger.history.effectiveChanges(at: address, after: id, limit: 100)
    } catch {
      throw ServiceError(reading: error)
    }
  }

  /// Settles an earlier rollback of the same change, if that rollback is pending.
  ///
  /// - Throws: `outcomeUnknown` with the id of that rollback if the rollback can't be settled.
  private func requireNoPendingRollback(
    of id: Change.ID,
    at address: Address,
    for request: ChangeRequest
  ) async throws(ServiceError) {
    guard let pending = try await reader.state(of: address).pending, pending.intent.rollbackOf == id else { return }
    try await requireOtherRequest(pending, than: request)
    guard case .settled = try await reconciliation.settle(pending) else {
      throw .outcomeUnknown([pending.id], why: "an earlier rollback of the same change is pending")
    }
  }
}
