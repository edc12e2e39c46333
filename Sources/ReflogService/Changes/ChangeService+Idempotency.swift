import ReflogLedger
package import ReflogModel

extension ChangeService {
  /// Returns the answer to an earlier restoration with the same idempotency key, or nil if there is no such answer.
  ///
  /// The plan of a restoration can't be made again if the connector was deleted or the edit was purged. So this method
  /// finds the answer without a plan.
  package func earlierRestoration(
    named key: IdempotencyKey?,
    for caller: Caller
  ) async throws(ServiceError) -> ChangeReceipt? {
    guard let key, Policy.permits(caller, .change) else { return nil }
    let preparer = try preparer(for: caller)
    try await preparer.prove(caller)
    guard let earlier = try await earlier(named: key) else { return nil }
    return try await answer(repeating: earlier, of: caller, preparer)
  }

  /// Returns the answer to an earlier request with the same idempotency key, or nil if this request must be carried
  /// out.
  ///
  /// A repeated request gets the answer to the first request. If the change was applied, the caller gets the success
  /// again. If the change was refused, the caller gets the refusal again. While the result is unknown, the caller gets
  /// `outcomeUnknown`.
  ///
  /// There is one exception: if a second attempt may succeed, the repeated request is carried out. See
  /// ``Change/freesIdempotencyKey``.
  func earlierAnswer(
    to request: ChangeRequest,
    _ preparer: Preparer
  ) async throws(ServiceError) -> ChangeReceipt? {
    guard let key = request.idempotencyKey, let earlier = try await earlier(named: key) else { return nil }
    if case .createFlow(let flow, _, let references) = request.action,
      let receipt = try await earlierCreation(of: flow, earlier, count: references.count, preparer.directory)
    {
      return receipt
    }
    return try await answer(repeating: earlier, of: request.caller, preparer)
  }

  /// Returns the change that an earlier request with an idempotency key made, or nil if there is no such request.
  ///
  /// - Throws: `idempotencyMismatch` if the body of the earlier request was different.
  private func earlier(named key: IdempotencyKey) async throws(ServiceError) -> Change? {
    guard let (earlier, isSameBody) = try await reading(await ledger.change(named: key)) else { return nil }
    guard isSameBody else { throw .idempotencyMismatch(earlier.id) }
    return earlier
  }

  /// Returns the answer to the request that made a change, or nil if the request must be carried out again.
  private func answer(
    repeating earlier: Change,
    of caller: Caller,
    _ preparer: Preparer
  ) async throws(ServiceError) -> ChangeReceipt? {
    guard !earlier.freesIdempotencyKey else { return nil }
    switch earlier.result {
    case .applied:
      return ChangeReceipt(changes: [earlier], response: await response(repeating: earlier, preparer.directory))
    case .rejected, .notApplied:
      throw .refused([earlier.id], DirectoryRefusal(repeating: earlier.outcome))
    case .denied:
      throw Policy.refusal(of: caller, [earlier.id])
    case .pending:
      throw .outcomeUnknown([earlier.id], why: "the first request with this Idempotency-Key is pending")
    case .superseded, .unknown:
      throw .outcomeStaysUnknown(earlier.id, earlier.result)
    }
  }

  /// Returns the answer for a request that repeats an applied change.
  ///
  /// The answer has the recorded HTTP status. If the change created a connector, the connector is read from the
  /// directory again.
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

extension DirectoryRefusal {
  /// Creates the directory's refusal again, from the outcome in which the refusal is recorded.
  fileprivate init(repeating outcome: Change.Outcome?) {
    self.init(
      httpStatus: outcome?.httpStatus ?? 400,
      code: outcome?.code ?? "rejected",
      message: outcome?.message ?? "The directory refused the change.",
      retryAfter: outcome?.retryAfter.map(String.init),
      requestID: outcome?.graphRequestID
    )
  }
}
