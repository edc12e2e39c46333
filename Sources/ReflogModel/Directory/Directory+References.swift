extension Directory {
  /// Reads the references of some steps of a flow.
  ///
  /// The directory can leave a step out of its answer. A missing step does not prove that the step calls no connector,
  /// so each missing step is read with a separate request. If the answer to the separate request is 404, the step calls
  /// no connector. If the separate request fails in another way, the step's reference is
  /// ``ConnectorReference/unknown``.
  ///
  /// - Returns: The reference of each step.
  /// - Throws: ``DirectoryFailure`` if the flow could not be read. The error is also thrown if a separate request
  ///   failed because the directory refused the caller's token (401) or received too many requests (429), or because
  ///   the budget of reads was used up.
  package func references(
    of flow: FlowName,
    at steps: [Step]
  ) async throws(DirectoryFailure) -> [Step: ConnectorReference] {
    let expand = QueryItem("$expand", steps.map(\.name).joined(separator: ","))
    let answer = try await read(DirectoryRead(.configuration(flow.flowType, flow.flow), query: [expand]))
    var references: [Step: ConnectorReference] = [:]
    for step in steps {
      if let shown = try answer.reference(of: step) {
        references[step] = shown
      } else {
        references[step] = try await referenceOfMissingStep(at: flow.address(of: step))
      }
    }
    return references
  }

  /// Reads the references of some steps of a flow, or returns `none` for each step if the flow was deleted.
  ///
  /// The flow counts as deleted only if the directory answers 404 for the steps and also for the flow itself.
  package func referencesUnlessDeleted(
    of flow: FlowName,
    at steps: [Step]
  ) async throws(DirectoryFailure) -> [Step: ConnectorReference] {
    do {
      return try await references(of: flow, at: steps)
    } catch .refused(let refusal) where refusal.httpStatus == 404 {
      guard try await isDeleted(flow) else {
        throw .unavailable(reason: "it has the user flow \(flow), but not the steps of the flow")
      }
      return Dictionary(uniqueKeysWithValues: steps.map { ($0, ConnectorReference.none) })
    }
  }

  private func isDeleted(_ flow: FlowName) async throws(DirectoryFailure) -> Bool {
    do {
      _ = try await read(DirectoryRead(.flow(flow.flowType, flow.flow)))
      return false
    } catch .refused(let refusal) where refusal.httpStatus == 404 {
      return true
    }
  }

  /// Reads the reference of one step with a separate request.
  private func referenceOfMissingStep(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    let answer: DirectoryResponse
    do {
      answer = try await read(DirectoryRead(.connectorAt(address)))
    } catch .refused(let refusal) where refusal.httpStatus == 401 || refusal.httpStatus == 429 {
      // These two statuses are about the caller. Any other request of this caller would get the same status, so the
      // status shows nothing about the step.
      throw .refused(refusal)
    } catch .budgetSpent(let wait) {
      throw .budgetSpent(retryAfter: wait)
    } catch .refused(let refusal) {
      return refusal.httpStatus == 404 ? .none : .unknown
    } catch {
      return .unknown
    }
    if answer.httpStatus == 204 { return .none }
    guard let body = answer.body, let connector = DirectoryConnector(graph: body) else { return .unknown }
    return connector.reference
  }
}

extension DirectoryResponse {
  /// Returns the reference that a `userFlowApiConnectorConfiguration` shows for a step, or nil if the answer does not
  /// show whether the step calls a connector.
  ///
  /// If the step is missing in the answer but `@odata.context` lists the step as expanded, the step calls no connector
  /// (OData 4.01 Part 1 §11.2.5.2).
  fileprivate func reference(of step: Step) throws(DirectoryFailure) -> ConnectorReference? {
    guard let body else { throw .unavailable(reason: "its answer is not a JSON object") }
    guard let member = body.member(named: step.name) else {
      return expandedSteps.contains(step) ? ConnectorReference.none : nil
    }
    switch member.value {
    case .null: return ConnectorReference.none
    case .object(let object):
      if let connector = DirectoryConnector(graph: object) { return connector.reference }
    case .array, .bool, .number, .string: break
    }
    throw .unavailable(reason: "its answer is not a connector")
  }

  /// The steps that `@odata.context` lists as expanded, for example
  /// `…/apiConnectorConfiguration(postFederationSignup(),postAttributeCollection())`.
  private var expandedSteps: [Step] {
    guard let fragment = contextFragment, let end = fragment.firstRange(of: "apiConnectorConfiguration(")?.upperBound
    else { return [] }
    return fragment[end...].split(separator: ",").compactMap { part in Step(part.prefix { $0 != "(" && $0 != ")" }) }
  }
}
