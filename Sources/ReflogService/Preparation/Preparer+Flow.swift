import ReflogLedger
import ReflogModel

extension Preparer {
  /// Prepares the write that creates a user flow, and one write for each reference of the flow.
  ///
  /// The flow is created without references, because Microsoft Graph is known to ignore references in the request for a
  /// new flow.
  ///
  /// A new flow has no references, so `before` is `none`. If the flow already exists, `before` is the step's current
  /// reference, and the directory will refuse the creation. If a connector does not exist, no write is sent.
  func prepareFlowCreation(
    _ request: ChangeRequest,
    _ flow: FlowName,
    _ body: JSONObject,
    _ references: [Step: ConnectorID]
  ) async throws(ServiceError) -> Preparation {
    var (found, intents): ([ReferenceReader.Found], [Change.Intent]) = ([], [])
    for (step, connector) in references.sorted(by: { $0.key < $1.key }) {
      let address = flow.address(of: step)
      let after = try await existing(connector, for: request)
      let before = try await readBefore(address, for: request, emptyOn: [404]) { unread in
        request.intent(.step(address), before: unread, after: after)
      }
      found.append(before)
      intents.append(request.intent(.step(address), before: before.reference, after: after))
    }
    return Preparation(
      group: group(request, found, intents),
      write: .createFlow(flow.flowType, flow.flow, body),
      following: intents.compactMap { intent in
        intent.subject.address.map { .setReference($0, intent.after) }
      }
    )
  }

  /// Returns a reference to a connector that the new flow will call.
  ///
  /// If the directory does not have the connector, the request is recorded as `rejected`, and the flow is not created.
  /// Otherwise the flow would exist with a step that calls no connector. If the connector can't be read, this method
  /// still returns the reference, because the directory checks the connector when the write is sent.
  private func existing(
    _ id: ConnectorID,
    for request: ChangeRequest
  ) async throws(ServiceError) -> ConnectorReference {
    let unnamed = ConnectorReference.connector(id, displayName: nil)
    guard let found = try? await directory.connector(id) as DirectoryConnector?? else { return unnamed }
    if let found { return found.reference }
    let refusal = DirectoryRefusal(
      httpStatus: 404,
      code: "Request_ResourceNotFound",
      message: "The connector \(id) does not exist, so the user flow was not created."
    )
    throw try await refusedRead(.refused(refusal), of: try await unreadIntents(of: request), for: request)
  }

  /// Prepares the deletion of a user flow, with one change for each step that calls a connector.
  ///
  /// If no step calls a connector, no change is recorded. If more steps call connectors than one request can change,
  /// this method throws `tooManySteps`.
  func prepareFlowDeletion(
    _ request: ChangeRequest,
    _ flow: FlowName
  ) async throws(ServiceError) -> Preparation {
    try await requireFlow(flow, for: request)
    var (found, intents): ([ReferenceReader.Found], [Change.Intent]) = ([], [])
    for address in try await addresses(of: flow) {
      let before = try await readBefore(address, for: request, emptyOn: [400]) { unread in
        request.intent(.step(address), before: unread, after: .none)
      }
      if before.reference != .none {
        intents.append(request.intent(.step(address), before: before.reference, after: .none))
      }
      if before.reference != .none || before.drift != nil { found.append(before) }
      guard intents.count <= ChangeRequest.maximumSteps else { throw .tooManySteps }
    }
    return Preparation(group: group(request, found, intents), write: .deleteFlow(flow.flowType, flow.flow))
  }

  /// Returns the addresses at which a flow may call a connector.
  ///
  /// The result contains the steps that Microsoft Graph documents, and the steps of the flow at which a change may have
  /// been applied.
  func addresses(of flow: FlowName) async throws(ServiceError) -> [Address] {
    let known: [Address]
    do { known = try await ledger.history.addresses() } catch { throw ServiceError(reading: error) }
    let own = known.filter { FlowName(of: $0) == flow }
    return Set(Step.known.map { flow.address(of: $0) } + own).sorted()
  }

  /// Checks that the directory has the flow.
  ///
  /// If the directory refuses the read, a `rejected` change is recorded.
  private func requireFlow(_ flow: FlowName, for request: ChangeRequest) async throws(ServiceError) {
    do {
      _ = try await directory.read(DirectoryRead(.flow(flow.flowType, flow.flow)))
    } catch {
      throw try await refusedRead(error, of: try await unreadIntents(of: request), for: request)
    }
  }
}
