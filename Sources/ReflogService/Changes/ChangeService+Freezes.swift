import Metrics
import ReflogLedger
package import ReflogModel

/// Places, checks and releases the freezes of steps and connectors.
extension ChangeService {
  /// Returns the freeze that covers an address and is in force at this moment, or nil if no freeze covers the address.
  ///
  /// If several freezes cover the address, the result is the freeze that ends last.
  package func freeze(covering address: Address) -> Freeze? {
    ledger.freezes.covering(.step(address), at: ledger.now).endingLast
  }

  /// Returns the freezes that cover a step or a connector and are in force at this moment.
  package func freezes(covering subject: Change.Subject) -> [Freeze] {
    ledger.freezes.covering(subject, at: ledger.now)
  }

  /// The freezes that are in force at this moment, in the order in which they were placed.
  package var freezesInForce: [Freeze] {
    let now = ledger.now
    return ledger.freezes.all.filter { $0.state(at: now) == .inForce }
  }

  /// The number of freezes that are in force at this moment.
  package var countOfFreezesInForce: Int { ledger.freezes.count(at: ledger.now) }

  /// Throws `frozen` if a freeze covers a step or a connector that a request changes, and the caller does not override
  /// the freeze.
  ///
  /// Because of this check, a refused request does not read the directory. The transaction that records the intent
  /// checks the freezes again.
  func requireNoFreeze(for request: ChangeRequest, _ preparer: Preparer) async throws(ServiceError) {
    let freezes = ledger.freezes
    guard !freezes.isEmpty, request.override == nil else { return }
    // A repeated request for a rollback gets the result of the first rollback, so a freeze must not refuse the repeated
    // request. Only the preparation of the request shows whether the request is repeated.
    if case .rollBack = request.action { return }
    let subjects = try await preparer.locks(of: request).compactMap(\.subject)
    guard let freeze = freezes.covering(subjects, at: ledger.now).endingLast else { return }
    // An earlier request with the same idempotency key may have been applied before the freeze began. In this case, the
    // caller gets the answer to that request.
    guard try await earlierAnswer(to: request, preparer) == nil else { return }
    throw .frozen([], freeze)
  }

  /// Records the override of freezes that cover only steps or connectors without a recorded change.
  ///
  /// For example, the deletion of a flow records no change of the steps that call no connector. The transaction that
  /// records the changes does not compare these steps with the freezes, so this method compares the steps.
  ///
  /// - Throws: `frozen` if one of these freezes is in force and the request does not override the freeze.
  func recordOverride(
    of group: Group,
    for request: ChangeRequest,
    _ preparer: Preparer
  ) async throws(ServiceError) {
    let (all, now) = (ledger.freezes, ledger.now)
    guard !all.isEmpty else { return }
    let compared = all.covering(group.drafts.filter(\.isIntended).map(\.intent.subject), at: now).map(\.id)
    let subjects = try await preparer.locks(of: request).compactMap(\.subject)
    let freezes = all.covering(subjects, at: now).filter { !compared.contains($0.id) }
    guard let freeze = freezes.endingLast else { return }
    guard let reason = group.override else { throw .frozen([], freeze) }
    let details = FreezeOverride.details(of: freezes, changes: IDRanges(), reason: reason)
    let event = ServiceEvent.Content(.freezeOverridden, actor: request.caller.actor, details: details)
    do { try await ledger.record([event]) } catch { throw ServiceError(beforeSending: error) }
    overrides.increment()
  }

  /// Returns the freezes that are planned or in force, sorted by the time at which each freeze was placed.
  package func freezes(for caller: Caller) async throws(ServiceError) -> [Freeze] {
    guard Policy.permits(caller, .read) else { throw .forbidden([]) }
    do { return try await ledger.history.openFreezes(at: ledger.now) } catch { throw ServiceError(reading: error) }
  }

  /// Returns the freeze with an id, even if the freeze is over.
  ///
  /// - Throws: `freezeNotFound` if there is no freeze with this id.
  package func freeze(_ id: Int64, for caller: Caller) async throws(ServiceError) -> Freeze {
    guard Policy.permits(caller, .read) else { throw .forbidden([]) }
    let freeze: Freeze?
    do { freeze = try await ledger.history.freeze(id) } catch { throw ServiceError(reading: error) }
    guard let freeze else { throw .freezeNotFound(id) }
    return freeze
  }

  /// Places a freeze.
  ///
  /// When this method returns, changes in the scope of the freeze are refused while the freeze is in force.
  ///
  /// - Throws: `freezeIsEmpty` if the end of the freeze is not later than its start, or `tooManyFreezes` if the maximum
  ///   number of freezes is reached.
  package func place(_ draft: Freeze.Draft, for caller: Caller) async throws(ServiceError) -> Freeze {
    guard Policy.permits(caller, .freeze) else { throw .forbidden([]) }
    let start = max(draft.from ?? ledger.now, ledger.now)
    guard draft.until.map({ $0 > start }) ?? true else { throw .freezeIsEmpty }
    let freeze: Freeze?
    do { freeze = try await ledger.place(draft, by: caller.actor) } catch { throw ServiceError(beforeSending: error) }
    guard let freeze else { throw .tooManyFreezes }
    return freeze
  }

  /// Releases a freeze.
  ///
  /// - Throws: `freezeNotFound` if there is no freeze with this id, or `freezeIsOver` if the freeze is already over.
  package func releaseFreeze(_ id: Int64, for caller: Caller) async throws(ServiceError) {
    guard Policy.permits(caller, .freeze) else { throw .forbidden([]) }
    let found: (freeze: Freeze, isReleased: Bool)?
    do { found = try await ledger.releaseFreeze(id, by: caller.actor) } catch {
      throw ServiceError(beforeSending: error)
    }
    guard let found else { throw .freezeNotFound(id) }
    guard found.isReleased else { throw .freezeIsOver(found.freeze) }
  }
}

extension LockKey {
  /// The subject of the changes that need this lock, or nil if the lock protects no subject.
  fileprivate var subject: Change.Subject? {
    switch self {
    case .address(let address): .step(address)
    case .connector, .creation: .connector
    case .named, .tokens: nil
    }
  }
}
