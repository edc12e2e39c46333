package import ReflogModel

/// A change that can be rolled back: where, and to what.
struct RollbackTarget: Sendable {
  let change: Change
  let address: Address
  var reference: ConnectorReference { change.intent.before }
}

extension ChangeService {
  /// What rolling a change back would do now. Reads, and records nothing.
  package func plan(rollbackOf id: Change.ID, for caller: Caller) async throws(ServiceError) -> RollbackPlan {
    guard Policy.permits(caller, .read) else { throw .forbidden([]) }
    guard directory.hasOwnCredential else { throw .noDirectoryCredentials }
    let target = try await rollbackTarget(id)
    if let pending = try await pendingChange(holding: .address(target.address)) {
      throw .stepUnresolved(pending.id, retryAfter: .zero)
    }
    let (before, isDrifted) = try await look(at: target.address)
    let newest = try await newestEffective(at: target.address)
    let later = newest?.intent.rollbackOf == id ? [] : try await effectiveChanges(at: target.address, after: id)
    let missing = try await missingConnector(of: target.reference)
    return RollbackPlan(
      rollbackOf: id,
      address: target.address,
      before: before,
      after: target.reference,
      supersededBy: later,
      newest: newest?.id,
      isDrifted: isDrifted,
      connectorExists: missing == nil
    )
  }

  /// The change to roll back, if it can be: a change of a step that was applied, was not merely found standing there,
  /// and whose before is known.
  func rollbackTarget(_ id: Change.ID) async throws(ServiceError) -> RollbackTarget {
    let change = try await change(id)
    guard let address = change.intent.subject.address else {
      throw .notRollbackable(id, why: "it is about a connector itself, whose secrets nobody can read back")
    }
    guard change.result == .applied else {
      throw .notRollbackable(id, why: "it is \(change.result.rawValue), and only an applied change can be")
    }
    guard change.intent.kind != .baseline, change.intent.before != .unknown else {
      throw .notRollbackable(id, why: "what stood there before it is unknown")
    }
    return RollbackTarget(change: change, address: address)
  }

  func prepareRollback(
    _ request: ChangeRequest,
    of id: Change.ID,
    undoing permitted: ChangeRequest.LaterChanges
  ) async throws(ServiceError) -> Prepared {
    let target = try await rollbackTarget(id)
    let after = target.reference
    func intent(before: ConnectorReference, after: ConnectorReference) -> Change.Intent {
      request.intent(.step(target.address), kind: .rollback, before: before, after: after, rollbackOf: id)
    }
    try await requireNoPendingRollback(of: id, at: target.address)
    let before = try await readBefore(target.address, for: request) { intent(before: $0, after: after) }
    let newest = try await newestEffective(at: target.address, limit: 2)
    // An earlier rollback of the same change that is still in force: asking again gives that.
    if let newest = newest.first, newest.intent.rollbackOf == id { return .done(newest) }
    let later = newest.drop { permitted.letPass($0, foundBy: request.requestID) }.first
    guard permitted.contain(newest: later.flatMap { $0.id > id && $0.intent.rollbackOf != id ? $0.id : nil }) else {
      throw .changeSuperseded(id, by: try await effectiveChanges(at: target.address, after: id))
    }
    if let missing = try await missingConnector(of: after) { throw .connectorMissing(missing) }
    let named = if let connector = after.connectorID { await named(connector) } else { after }
    return .toDo(
      Preparation(
        intents: [intent(before: before, after: named)],
        write: .setReference(target.address, named)
      )
    )
  }

  /// Brings an address back to what it held at a time, whatever came since; where that stands already, nothing is sent.
  func prepareRollback(
    _ request: ChangeRequest,
    to after: ConnectorReference,
    at address: Address,
    within rollback: TimeRollback
  ) async throws(ServiceError) -> Prepared {
    func intent(before: ConnectorReference, after: ConnectorReference) -> Change.Intent {
      request.intent(.step(address), kind: .rollback, before: before, after: after, within: rollback)
    }
    let before = try await readBefore(address, for: request) { intent(before: $0, after: after) }
    if before == after, let standing = try await newestApplied(at: address) { return .done(standing) }
    if let later = try await changeSince(rollback, at: address) { throw .changedSince(later) }
    if let missing = try await missingConnector(of: after) { throw .connectorMissing(missing) }
    let named = if let connector = after.connectorID { await named(connector) } else { after }
    return .toDo(
      Preparation(intents: [intent(before: before, after: named)], write: .setReference(address, named))
    )
  }

  /// What somebody made of an address through Reflog after a rollback to a time was asked for.
  private func changeSince(_ rollback: TimeRollback, at address: Address) async throws(ServiceError) -> Change.ID? {
    guard let asked = rollback.newestChange, let newest = try await newestEffective(at: address), newest.id > asked,
      newest.intent.batchID != rollback.batchID, newest.intent.kind != .drift
    else { return nil }
    return newest.id
  }

  /// Asking again while an earlier rollback of the same change is pending gives that one, settled if it can be.
  private func requireNoPendingRollback(of id: Change.ID, at address: Address) async throws(ServiceError) {
    guard let pending = try await pendingChange(holding: .address(address)), pending.intent.rollbackOf == id else {
      return
    }
    guard case .settled = try await reconciliation.settle(pending) else {
      throw .outcomeUnknown([pending.id], why: "its rollback was asked for before, and is pending")
    }
  }

  /// The connector of a reference, if the directory has it no more.
  func missingConnector(of reference: ConnectorReference) async throws(ServiceError) -> ConnectorID? {
    guard let id = reference.connectorID else { return nil }
    do {
      return try await directory.connector(id) == nil ? id : nil
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }
}
