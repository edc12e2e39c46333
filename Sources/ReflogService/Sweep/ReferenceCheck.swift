import ReflogLedger
import ReflogModel

/// Compares the references of a flow with the ledger, and records every difference.
struct ReferenceCheck: Sendable {
  let service: ChangeService
  let inventory: Inventory

  /// Checks some steps of a flow, and returns the addresses that must be checked again later.
  ///
  /// The result contains the addresses without a conclusive read. A read is not conclusive in four cases: a request
  /// holds the lock of the address, a change is pending, a write is within the settle window, or two reads differ.
  ///
  /// - Throws: An error if the directory did not show the reference of one of the steps. The other steps were still
  ///   checked.
  func verify(_ flow: FlowName, steps: [Step]) async throws -> [Address] {
    await inventory.rateLimiter.wait()
    let addresses = steps.map { flow.address(of: $0) }
    let locks = addresses.compactMap { service.locks.takeWithoutWaiting(.address($0)) }
    defer { for lock in locks { lock.end() } }
    var free: [Address] = []
    for address in addresses where locks.contains(where: { $0.holds(.address(address)) }) {
      if try await reader.isConclusive(at: address) { free.append(address) }
    }
    guard !free.isEmpty else { return addresses }
    let found = try await references(of: flow, at: free.map(\.step))
    var observations: [Observation] = []
    var (unsteady, unread): ([Address], [Address]) = ([], [])
    for address in free {
      guard let reference = found[address.step] else { continue }
      guard reference != .unknown else {
        unread.append(address)
        continue
      }
      switch try await judge(reference, at: address) {
      case .seen(let observation): observations.append(observation)
      case .recorded: break
      case .unsteady: unsteady.append(address)
      }
    }
    try await service.ledger.remember(observations)
    guard unread.isEmpty else {
      let names = unread.map(\.step.name).joined(separator: ", ")
      throw DirectoryFailure.unavailable(reason: "it did not show the references of these steps of \(flow): \(names)")
    }
    return addresses.filter { !free.contains($0) || unsteady.contains($0) }
  }

  /// The result of a check.
  private enum Judgement {
    /// The address holds the reference that is in the ledger, so the caller only has to store the observation.
    case seen(Observation)
    /// The ledger has recorded a drift or a baseline, together with the observation.
    case recorded
    /// A second read showed another reference than the first read.
    case unsteady
  }

  private var reader: ReferenceReader { service.preparer.reader }

  private func judge(_ found: ConnectorReference, at address: Address) async throws -> Judgement {
    let recorded = try await reader.state(of: address).recorded
    let observation = Observation.reference(address, found)
    if found == recorded?.reference || (recorded == nil && found == .none) { return .seen(observation) }
    guard recorded != nil else {
      try await record(baseline(at: address, found), observation)
      return .recorded
    }
    let again = try await references(of: FlowName(of: address), at: [address.step])
    guard again[address.step] == found else { return .unsteady }
    let requestID = GUID.random()
    let judged = try await reader.judge(found, at: address, requestID: requestID, by: .reconciler)
    guard let drift = judged.drift else { return .unsteady }
    try await record(drift, observation)
    return .recorded
  }

  private func baseline(at address: Address, _ found: ConnectorReference) -> Group.Draft {
    let intent = Change.Intent(
      subject: .step(address),
      kind: .baseline,
      before: .unknown,
      after: found,
      actor: .unknown,
      requestID: GUID.random()
    )
    return Group.Draft(intent, .found, settledBy: .reconciler)
  }

  private func record(_ draft: Group.Draft, _ observation: Observation) async throws {
    _ = try await service.ledger.append(Group(drafts: [draft], seen: [observation]))
  }

  /// Returns the references of some steps of a flow.
  ///
  /// If the flow was deleted, every reference is `none`. If the flow's type does not have one of the steps, the result
  /// does not contain that step. But if the ledger has a connector at the step, the step should exist, so its reference
  /// is `unknown`.
  private func references(of flow: FlowName, at steps: [Step]) async throws -> [Step: ConnectorReference] {
    let failure: DirectoryFailure
    do { return try await inventory.references(of: flow, at: steps) } catch { failure = error }
    guard case .refused(let refusal) = failure, refusal.httpStatus == 400, let first = steps.first else {
      throw failure
    }
    guard steps.count > 1 else {
      let recorded = try await reader.state(of: flow.address(of: first)).recorded
      return recorded?.reference.connectorID == nil ? [:] : [first: .unknown]
    }
    // The refusal does not show which step the directory does not have. So each step is read with a separate request.
    var references: [Step: ConnectorReference] = [:]
    for step in steps {
      references.merge(try await self.references(of: flow, at: [step])) { $1 }
    }
    return references
  }
}
