import ReflogLedger
import ReflogModel

extension Preparer {
  /// A flow that does not exist yet has no references; if it does exist, the directory will refuse, and its references are on record.
  func prepareFlowCreation(
    _ request: ChangeRequest,
    _ flow: FlowName,
    _ body: JSONObject,
    _ references: [Step: ConnectorID]
  ) async throws(ServiceError) -> Preparation {
    var (found, intents): ([ReferenceReader.Found], [Change.Intent]) = ([], [])
    for (step, connector) in references.sorted(by: { $0.key < $1.key }) {
      let address = flow.address(of: step)
      let after = await named(.connector(connector, displayName: nil))
      let before = try await readBefore(address, for: request, orNothingWhere: [404]) { unread in
        request.intent(.step(address), before: unread, after: after)
      }
      found.append(before)
      intents.append(request.intent(.step(address), before: before.reference, after: after))
    }
    return Preparation(
      group: group(request, found, intents),
      write: .createFlow(flow.flowType, flow.flow, body: body, references: references)
    )
  }

  /// One change for each step that calls something; a flow that calls nothing, or does not exist, leaves no change.
  func prepareFlowDeletion(
    _ request: ChangeRequest,
    _ flow: FlowName
  ) async throws(ServiceError) -> Preparation {
    try await requireFlow(flow, for: request)
    var (found, intents): ([ReferenceReader.Found], [Change.Intent]) = ([], [])
    for address in try await addresses(of: flow) {
      let before = try await readBefore(address, for: request, orNothingWhere: [400]) { unread in
        request.intent(.step(address), before: unread, after: .none)
      }
      if before.reference != .none {
        intents.append(request.intent(.step(address), before: before.reference, after: .none))
      }
      if before.reference != .none || before.drift != nil { found.append(before) }
    }
    return Preparation(group: group(request, found, intents), write: .deleteFlow(flow.flowType, flow.flow))
  }

  /// Where a flow may call something: the steps that Graph has, and those that the ledger knows besides.
  func addresses(of flow: FlowName) async throws(ServiceError) -> [Address] {
    let known: [Address]
    do { known = try await ledger.history.addresses() } catch { throw ServiceError(reading: error) }
    let own = known.filter { FlowName(of: $0) == flow }
    return Set(Step.known.map { flow.address(of: $0) } + own).sorted()
  }

  /// Asks the directory for the flow itself; where it refuses, what the ledger knows of the flow is on record as refused.
  private func requireFlow(_ flow: FlowName, for request: ChangeRequest) async throws(ServiceError) {
    do {
      _ = try await directory.read(DirectoryRead(.flow(flow.flowType, flow.flow)))
    } catch {
      throw try await refusedRead(error, of: try await unreadIntents(of: request), for: request)
    }
  }
}
