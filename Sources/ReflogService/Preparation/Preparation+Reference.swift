import ReflogLedger
import ReflogModel

extension ChangeService {
  func prepareReference(
    _ request: ChangeRequest,
    _ address: Address,
    _ reference: ConnectorReference
  ) async throws(ServiceError) -> Preparation {
    let before = try await readBefore(address, for: request) { unread in
      request.intent(.step(address), before: unread, after: reference)
    }
    if let precondition = request.precondition, !precondition.holds(for: before) {
      throw .preconditionFailed(standing: before)
    }
    let after = if let id = reference.connectorID { await named(id) } else { reference }
    return Preparation(
      intents: [request.intent(.step(address), before: before, after: after)],
      write: .setReference(address, after)
    )
  }

  /// What stands at the address before anything is sent.
  ///
  /// If somebody went round Reflog, the drift is recorded first, so that the chain of the address stays whole. A definite
  /// refusal is recorded as the `rejected` change that `intent` makes of an unknown before; a refusal because of load is
  /// only passed on, and so is one of a caller whom nobody knows.
  ///
  /// - Parameter absent: the statuses by which the directory says that nothing can stand there yet.
  func readBefore(
    _ address: Address,
    for request: ChangeRequest,
    orNothingWhere absent: Set<Int> = [],
    intent: (ConnectorReference) -> Change.Intent
  ) async throws(ServiceError) -> ConnectorReference {
    try await requireSettled(.address(address))
    let found: ConnectorReference
    do {
      found = try await directory.reference(at: address)
    } catch {
      guard case .refused(let refusal) = error, absent.contains(refusal.httpStatus) else {
        throw try await refusedRead(error, of: [intent(.unknown)], for: request)
      }
      found = .none
    }
    return try await standing(found, at: address, requestID: request.requestID)
  }

  /// What a read before a change means that did not succeed: a definite refusal is recorded as `rejected`; one because of
  /// load, or of a caller whom nobody knows, is only passed on, and so is a failure.
  func refusedRead(
    _ failure: DirectoryFailure,
    of intents: [Change.Intent],
    for request: ChangeRequest
  ) async throws(ServiceError) -> ServiceError {
    guard case .refused(let refusal) = failure, !refusal.isTransient, !refusal.leavesUnproven(request.caller),
      !intents.isEmpty
    else { return ServiceError(beforeSending: failure) }
    do {
      let drafts = intents.map { Ledger.Draft($0, .answered(.refused(refusal))) }
      return .refused(try await ledger.append(drafts, named: request.idempotencyKey).map(\.id), refusal)
    } catch {
      throw ServiceError(beforeSending: error)
    }
  }
}

extension DirectoryRefusal {
  /// Whether it says nothing of the request, only of the moment.
  fileprivate var isTransient: Bool { httpStatus == 429 }

  /// Whether the directory does not take the token by which alone the caller is known.
  fileprivate func leavesUnproven(_ caller: Caller) -> Bool {
    if case .directoryToken = caller.standing { httpStatus == 401 } else { false }
  }
}
