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
  /// - Parameter isCreatingFlow: there may be no flow yet, and then nothing stands there.
  func readBefore(
    _ address: Address,
    for request: ChangeRequest,
    isCreatingFlow: Bool = false,
    intent: (ConnectorReference) -> Change.Intent
  ) async throws(ServiceError) -> ConnectorReference {
    try await requireSettled(.address(address), for: request.caller)
    let found: ConnectorReference
    do {
      found = try await directory.reference(at: address)
    } catch {
      switch error {
      case .refused(let refusal) where isCreatingFlow && refusal.httpStatus == 404: found = .none
      case .refused(let refusal) where !refusal.isTransient && !refusal.leavesUnproven(request.caller):
        throw try await recordRefusal(refusal, of: intent(.unknown), named: request.idempotencyKey)
      case .refused, .unavailable: throw ServiceError(beforeSending: error)
      }
    }
    return try await standing(found, at: address, requestID: request.requestID)
  }

  private func recordRefusal(
    _ refusal: DirectoryRefusal,
    of intent: Change.Intent,
    named key: IdempotencyKey?
  ) async throws(ServiceError) -> ServiceError {
    do {
      let recorded = try await ledger.append([.init(intent, .answered(.refused(refusal)))], named: key)
      return .refused(recorded.map(\.id), refusal)
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
