import ReflogLedger
import ReflogModel

/// Creates user flows together with their references.
extension ChangeService {
  /// Creates a user flow, sets each of its references with a separate write, and records the outcomes.
  ///
  /// If the directory does not create the flow, the directory's answer settles all changes. If the directory creates
  /// the flow, the answer to the write of each reference settles the change of that reference. If an answer is unknown,
  /// the reconciler settles the change later.
  func send(
    _ creation: DirectoryWrite,
    then following: [DirectoryWrite],
    recordedAs pending: [Change],
    _ directory: any Directory,
    _ correlationID: String
  ) async -> Ledger.CarriedOut {
    let created = await answer(to: creation, recordedAs: pending, directory, correlationID)
    guard case .applied = created else { return await settle(pending, by: created) }
    var settlements: [Group.Settlement] = []
    for (change, write) in zip(pending, following) {
      let answer = await answer(to: write, recordedAs: [change], directory, correlationID)
      if case .unknown = answer { continue }
      settlements.append(Group.Settlement(change, by: .answered(answer), settledBy: .request))
    }
    guard !settlements.isEmpty else {
      ledger.releaseOutcome()
      return .settled(pending, created)
    }
    do {
      let settled = try await ledger.settle(settlements)
      return .settled(pending.map { change in settled.first { $0.id == change.id } ?? change }, created)
    } catch {
      return .unsettled(pending, error)
    }
  }

  /// Returns the answer to an earlier request that had the same idempotency key and created a flow.
  ///
  /// - Parameters:
  ///   - first: The change that was recorded with the key.
  ///   - count: The number of references in the request. The changes of one request have consecutive ids, so this
  ///     number shows which ids the changes of the request can have.
  /// - Returns: The answer, or nil if none of the changes was applied.
  /// - Throws: `flowIncomplete` if only some of the changes were applied.
  func earlierCreation(
    of flow: FlowName,
    _ first: Change,
    count: Int,
    _ directory: any Directory
  ) async throws(ServiceError) -> ChangeReceipt? {
    var changes = [first]
    for number in (first.id.number + 1)..<(first.id.number + Int64(max(1, count))) {
      let next = try await change(Change.ID(number))
      if next.intent.requestID == first.intent.requestID { changes.append(next) }
    }
    guard changes.contains(where: { $0.result == .applied }) else { return nil }
    guard changes.allSatisfy({ $0.result == .applied }) else { throw .flowIncomplete(changes) }
    let read = try? await directory.read(DirectoryRead(.flow(flow.flowType, flow.flow)))
    return ChangeReceipt(
      changes: changes,
      response: DirectoryResponse(
        httpStatus: 201,
        body: read?.body,
        contextFragment: read?.contextFragment,
        requestID: read?.requestID
      )
    )
  }
}
