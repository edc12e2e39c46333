import ReflogLedger
import ReflogModel

/// Looks at what the steps of a flow call, and records what the ledger does not know.
struct ReferenceCheck: Sendable {
  let service: ChangeService
  let inventory: Inventory

  /// Looks at some steps of a flow. Returns those that could not be looked at conclusively: somebody works there, a write
  /// is so fresh that a read may not show it, or two reads did not agree.
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
    var unsteady: [Address] = []
    for address in free {
      guard let reference = found[address.step] else { continue }
      switch try await judge(reference, at: address) {
      case .seen(let observation): observations.append(observation)
      case .recorded: break
      case .unsteady: unsteady.append(address)
      }
    }
    try await service.ledger.remember(observations)
    return addresses.filter { !free.contains($0) || unsteady.contains($0) }
  }

  /// What a look came to.
  private enum Judgement {
    /// What is known stands there, and that it was seen is to be remembered.
    case seen(Observation)
    /// A drift or a baseline is on record, and what was seen with it.
    case recorded
    /// A second read showed something else.
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

  /// What the steps call; nothing where the flow is gone, and no entry for a step that this flow does not have.
  private func references(
    of flow: FlowName,
    at steps: [Step]
  ) async throws(DirectoryFailure) -> [Step: ConnectorReference] {
    do {
      return try await inventory.references(of: flow, at: steps)
    } catch .refused(let refusal) where refusal.httpStatus == 404 {
      return Dictionary(uniqueKeysWithValues: steps.map { ($0, ConnectorReference.none) })
    } catch .refused(let refusal) where refusal.httpStatus == 400 {
      // Which of the steps is unknown, the refusal does not say.
      guard steps.count > 1 else { return [:] }
      var references: [Step: ConnectorReference] = [:]
      for step in steps {
        references.merge(try await self.references(of: flow, at: [step])) { $1 }
      }
      return references
    }
  }
}
