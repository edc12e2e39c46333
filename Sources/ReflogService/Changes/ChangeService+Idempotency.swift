import ReflogLedger
import ReflogModel

extension ChangeService {
  /// The answer to a request that was made before under the same key; nil where it is to be done.
  ///
  /// A repeat of a change that took place gets the same answer, of one that was refused the same refusal, of one that is not known yet
  /// that it is not. Where nothing took place and a repeat may fare better, the key is free again: the directory only had too much to
  /// do, or Reflog's own credential was refused, which others must mend.
  func earlierAnswer(
    to request: ChangeRequest,
    _ preparer: Preparer
  ) async throws(ServiceError) -> ChangeReceipt? {
    guard let key = request.idempotencyKey else { return nil }
    let named: (change: Change, isSameBody: Bool)?
    do { named = try await ledger.change(named: key) } catch { throw ServiceError(reading: error) }
    guard let (earlier, isSameBody) = named else { return nil }
    guard isSameBody else { throw .idempotencyMismatch(earlier.id) }
    switch earlier.result {
    case .applied:
      return ChangeReceipt(changes: [earlier], response: await response(repeating: earlier, preparer.directory))
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
  private func response(repeating change: Change, _ directory: any Directory) async -> DirectoryResponse {
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
}

extension Change {
  /// Whether the directory refused Reflog's own credential, and not the caller.
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
