import ReflogLedger
import ReflogModel

/// The creation of a user flow together with its references.
extension ChangeService {
  /// Creates a user flow, sets each of its references with a separate write, and records the outcomes.
  ///
  /// If the directory does not create the flow, its answer settles all changes. If it creates the flow, each change is
  /// settled by the answer to its own write. If an answer is unknown, the reconciler settles the change later.
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

  /// Returns the answer to an earlier request that had the same key and created a flow.
  ///
  /// - Parameters:
  ///   - first: The change that was recorded with the key.
  ///   - count: The number of references in the request. The changes of one request have consecutive ids, so the number
  ///     shows which other changes belong to the request.
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
