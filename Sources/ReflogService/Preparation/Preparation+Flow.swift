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
      let before = try await readBefore(address, for: request, isCreatingFlow: true) { unread in
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
    do {
      _ = try await directory.read(DirectoryRead(.flow(flowType, flow)))
    } catch {
      throw ServiceError(beforeSending: error)
    }
    var intents: [Change.Intent] = []
    for step in Step.known {
      let address = Address(flowType: flowType, flow: flow, step: step)
      let before = try await readBefore(address, for: request) { unread in
        request.intent(.step(address), before: unread, after: .none)
      }
      if before != .none { intents.append(request.intent(.step(address), before: before, after: .none)) }
    }
    return Preparation(intents: intents, write: .deleteFlow(flowType, flow))
  }
}
