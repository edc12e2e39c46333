import ReflogLedger
import ReflogModel

extension ChangeService {
  /// The answer to a request that was made before under the same name; nothing where it is to be done. The turn of the
  /// name is held.
  ///
  /// A repeat of what took place gets the same answer, of what was refused the same refusal, of what is not known yet
  /// that it is not. Where nothing took place and a repeat may fare better, the name is free again: the directory had only
  /// too much to do, or Reflog's own credential was refused, which is for others to mend.
  func earlierAnswer(to request: ChangeRequest) async throws(ServiceError) -> ChangeReceipt? {
    guard let key = request.idempotencyKey, let (earlier, isSameBody) = try await change(named: key) else { return nil }
    guard isSameBody else { throw .idempotencyMismatch(earlier.id) }
    switch earlier.result {
    case .applied:
      return ChangeReceipt(changes: [earlier], response: await response(repeating: earlier))
    case .notApplied:
      return nil
    case .rejected where earlier.outcome?.httpStatus == 429 || earlier.refusedOwnCredential:
      return nil
    case .rejected:
      throw .refused([earlier.id], DirectoryRefusal(repeating: earlier.outcome))
    case .denied:
      throw .forbidden([earlier.id])
    case .pending, .superseded, .unknown:
      throw .outcomeUnknown([earlier.id], why: "it was asked for before, and is \(earlier.result.rawValue)")
    }
  }

  /// The answer of an applied change again: its status, and the connector that it made as that is now.
  private func response(repeating change: Change) async -> DirectoryResponse {
    let status = change.outcome?.httpStatus ?? DirectoryResponse.noContent.httpStatus
    guard let made = change.outcome?.created?.connectorID,
      let connector = try? await directory.read(DirectoryRead(.connector(made)))
    else {
      return DirectoryResponse(httpStatus: status)
    }
    return DirectoryResponse(
      httpStatus: status,
      body: connector.body,
      contextFragment: connector.contextFragment,
      requestID: connector.requestID
    )
  }

  private func change(named key: IdempotencyKey) async throws(ServiceError) -> (change: Change, isSameBody: Bool)? {
    do { return try await ledger.change(named: key) } catch { throw ServiceError(reading: error) }
  }
}

extension Change {
  /// Whether the directory refused whom Reflog is to it, and not the caller.
  fileprivate var refusedOwnCredential: Bool {
    let status = outcome?.httpStatus
    return intent.actor.proof != .graph && (status == 401 || status == 403)
  }
}

extension DirectoryRefusal {
  /// The refusal that is on record.
  fileprivate init(repeating outcome: Change.Outcome?) {
    self.init(
      httpStatus: outcome?.httpStatus ?? 400,
      code: outcome?.code ?? "rejected",
      message: outcome?.message ?? "The directory refused it.",
      requestID: outcome?.graphRequestID
    )
  }
}
