import ReflogLedger
import ReflogModel

extension ChangeService {
  /// A flow that does not exist yet has nothing at any step; if it does exist, the directory will refuse, and what
  /// stands there is on record.
  func prepareFlowCreation(
    _ request: ChangeRequest,
    _ flowType: FlowType,
    _ flow: FlowID,
    _ body: JSONObject,
    _ references: [Step: ConnectorID]
  ) async throws(ServiceError) -> Preparation {
    var intents: [Change.Intent] = []
    for (step, connector) in references.sorted(by: { $0.key < $1.key }) {
      let address = Address(flowType: flowType, flow: flow, step: step)
      let after = await named(connector)
      let before = try await readBefore(address, for: request, orNothingWhere: [404]) { unread in
        request.intent(.step(address), before: unread, after: after)
      }
      intents.append(request.intent(.step(address), before: before, after: after))
    }
    return Preparation(
      intents: intents,
      write: .createFlow(flowType, flow, body: body, references: references)
    )
  }

  /// One change for each step that calls something; a flow that calls nothing, or is none, leaves no change.
  func prepareFlowDeletion(
    _ request: ChangeRequest,
    _ flowType: FlowType,
    _ flow: FlowID
  ) async throws(ServiceError) -> Preparation {
    try await requireFlow(flow, flowType, for: request)
    var intents: [Change.Intent] = []
    for address in try await addresses(of: flow, flowType) {
      let before = try await readBefore(address, for: request, orNothingWhere: [400]) { unread in
        request.intent(.step(address), before: unread, after: .none)
      }
      if before != .none { intents.append(request.intent(.step(address), before: before, after: .none)) }
    }
    return Preparation(intents: intents, write: .deleteFlow(flowType, flow))
  }

  /// Where a flow may call something: the steps that Graph has, and those that the ledger knows besides.
  func addresses(of flow: FlowID, _ flowType: FlowType) async throws(ServiceError) -> [Address] {
    let known: [Address]
    do { known = try await ledger.history.addresses() } catch { throw ServiceError(reading: error) }
    let own = known.filter { $0.flowType == flowType && $0.flow == flow }
    return Set(Step.known.map { Address(flowType: flowType, flow: flow, step: $0) } + own).sorted()
  }

  /// Asks the directory for the flow itself; where it refuses, what the ledger knows of the flow is on record as refused.
  private func requireFlow(
    _ flow: FlowID,
    _ flowType: FlowType,
    for request: ChangeRequest
  ) async throws(ServiceError) {
    do {
      _ = try await directory.read(DirectoryRead(.flow(flowType, flow)))
    } catch {
      throw try await refusedRead(error, of: try await deniedIntents(request), for: request)
    }
  }
}
