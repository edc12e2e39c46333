import ReflogLedger
import ReflogModel

extension Preparer {
  func prepareReference(
    _ request: ChangeRequest,
    _ address: Address,
    _ reference: ConnectorReference
  ) async throws(ServiceError) -> Preparation {
    func before() async throws(ServiceError) -> ReferenceReader.Found {
      try await readBefore(address, for: request) { unread in
        request.intent(.step(address), before: unread, after: reference)
      }
    }
    let (found, after): (ReferenceReader.Found, ConnectorReference)
    if directory is any LocalDirectory {
      (found, after) = (try await before(), await named(reference))
    } else {
      // The directory needs some time for each read, so it gets both reads at the same time.
      async let name = named(reference)
      (found, after) = (try await before(), await name)
    }
    if let precondition = request.precondition, !precondition.holds(for: found.reference) {
      guard found.reference != .unknown else {
        throw .directoryUnavailable("it did not show the reference of the step, so If-Match can't be checked")
      }
      try await recordDrift(found)
      throw .preconditionFailed(current: found.reference)
    }
    let intent = request.intent(.step(address), before: found.reference, after: after)
    return Preparation(group: group(request, [found], [intent]), write: .setReference(address, intent.after))
  }

  /// Creates the group of changes that is recorded before a write of references is sent.
  ///
  /// The drift that the reads found is recorded before the intents. So at each address, the `before` of every change
  /// equals the `after` of the previous change.
  func group(_ request: ChangeRequest, _ found: [ReferenceReader.Found], _ intents: [Change.Intent]) -> Group {
    Group(
      drafts: found.compactMap(\.drift) + intents.map { Group.Draft($0, .intended) },
      key: request.idempotencyKey,
      prepared: found.map { ($0.address, $0.newestApplied?.id) },
      parts: request.action.parts,
      override: request.groupOverride
    )
  }

  /// Reads the reference at an address before a change.
  ///
  /// If the directory refuses the read, the HTTP status of the refusal decides:
  /// - If the status is in `absent`, the flow or the step does not exist, and no change is recorded. The method returns
  ///   the reference `unknown` if the status is 400 (the directory does not know the step) and the newest recorded
  ///   reference of the step is a connector. Otherwise, it returns the reference `none`.
  /// - If the status is not in `absent`, the method throws. In most cases, it also records a `rejected` change, see
  ///   `refusedRead`. The closure `intent` creates the intent of this change; the argument of the closure is the value
  ///   for `before`.
  ///
  /// If the read fails in another way, the method throws and records no change.
  func readBefore(
    _ address: Address,
    for request: ChangeRequest,
    emptyOn absent: Set<Int> = [],
    intent: (ConnectorReference) -> Change.Intent
  ) async throws(ServiceError) -> ReferenceReader.Found {
    let state = try await reader.state(of: address)
    if let pending = state.pending { try await settle(pending, before: request) }
    let read: ConnectorReference
    do {
      read = try await directory.reference(at: address)
    } catch {
      guard case .refused(let refusal) = error, absent.contains(refusal.httpStatus) else {
        throw try await refusedRead(error, of: [intent(.unknown)], for: request)
      }
      read = refusal.httpStatus == 400 && state.recorded?.reference.connectorID != nil ? .unknown : .none
    }
    return try await reader.judge(read, at: address, requestID: request.requestID, by: .request)
  }
}
