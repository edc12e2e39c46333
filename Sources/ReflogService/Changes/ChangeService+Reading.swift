import ReflogLedger
package import ReflogModel

/// Answers requests that only read.
extension ChangeService {
  /// Returns whether a caller can roll back changes.
  ///
  /// The caller's role must permit changes, and Reflog must have its own credential.
  package func offersRollback(to caller: Caller) -> Bool {
    Policy.permits(caller, .change) && directory.hasOwnCredential
  }

  /// Returns the plan of a change's rollback: the result that the rollback would have now.
  ///
  /// This method reads the directory and records no change.
  package func plan(rollbackOf id: Change.ID, for caller: Caller) async throws(ServiceError) -> RollbackPlan {
    try Policy.require(caller, .read)
    guard directory.hasOwnCredential else { throw .noDirectoryCredentials }
    return try await reading(for: caller).plan(rollbackOf: id)
  }

  /// Reads a resource of the Graph API from the directory.
  package func read(_ question: DirectoryRead, for caller: Caller) async throws(ServiceError) -> DirectoryResponse {
    let directory = try reading(for: caller).directory
    do { return try await directory.read(question) } catch { throw ServiceError(beforeSending: error) }
  }

  /// Reads the reference at an address from the directory.
  ///
  /// If the read is stale, the result is the newest reference in the ledger. This method throws if the directory does
  /// not show the reference.
  package func reference(at address: Address, for caller: Caller) async throws(ServiceError) -> ConnectorReference {
    let reader = try reading(for: caller).reader
    let read: ConnectorReference
    do { read = try await reader.directory.reference(at: address) } catch { throw ServiceError(beforeSending: error) }
    let reference = try await reader.judge(read, at: address, requestID: "", by: .request).reference
    guard reference != .unknown else { throw .directoryUnavailable("it did not show the reference of the step") }
    return reference
  }

  /// Returns the connectors of the embedded directory and the steps that call them, or nil for another directory.
  ///
  /// No sweep reads the embedded directory. So the ledger does not know the connectors and references of this directory
  /// until they are changed through Reflog. This method reads them from the directory.
  package func embeddedConnectors(
    for caller: Caller
  ) async throws(ServiceError) -> (connectors: [DirectoryConnector], callers: [ConnectorID: [Address]])? {
    guard directory.kind == .embedded else { return nil }
    let connectors = try await all(.connectors, for: caller).compactMap(DirectoryConnector.init(graph:))
    var callers: [ConnectorID: [Address]] = [:]
    let steps = QueryItem("$expand", Step.known.map(\.name).joined(separator: ","))
    for flowType in FlowType.allCases {
      for flow in try await all(.flows(flowType), for: caller).compactMap({ $0["id"]?.string.flatMap { FlowID($0) } }) {
        let answer = try await read(DirectoryRead(.configuration(flowType, flow), query: [steps]), for: caller)
        for member in answer.body?.members ?? [] {
          guard let id = member.value.object?["id"]?.string.flatMap({ ConnectorID($0) }), let step = Step(member.name)
          else { continue }
          callers[id, default: []].append(Address(flowType: flowType, flow: flow, step: step))
        }
      }
    }
    return (connectors, callers)
  }

  /// Returns the flows of the embedded directory, or an empty list for another directory.
  func embeddedFlows(for caller: Caller) async throws(ServiceError) -> [FlowName] {
    guard directory.kind == .embedded else { return [] }
    var flows: [FlowName] = []
    for flowType in FlowType.allCases {
      let ids = try await all(.flows(flowType), for: caller).compactMap { $0["id"]?.string.flatMap { FlowID($0) } }
      flows += ids.map { FlowName(flowType, $0) }
    }
    return flows
  }

  /// Returns the state of a connector in the embedded directory, or nil if the directory is another one or does not
  /// have the connector.
  package func embeddedConnector(_ id: ConnectorID, for caller: Caller) async throws(ServiceError) -> RecordedConnector?
  {
    guard self.directory.kind == .embedded else { return nil }
    let directory = try reading(for: caller).directory
    let connector: DirectoryConnector?
    do { connector = try await directory.connector(id) } catch { throw ServiceError(beforeSending: error) }
    return connector.map { RecordedConnector(connector: $0, seen: ledger.now, entry: .max) }
  }

  /// Returns all objects of a list of the embedded directory.
  private func all(
    _ resource: DirectoryRead.Resource,
    for caller: Caller
  ) async throws(ServiceError) -> [JSONObject] {
    var objects: [JSONObject] = []
    var query: [QueryItem] = []
    repeat {
      let body = try await read(DirectoryRead(resource, query: query), for: caller).body
      objects += body?.objects("value") ?? []
      query = body?["@odata.nextLink"]?.string.map { QueryItem.items(ofURL: $0) } ?? []
    } while !query.isEmpty
    return objects
  }

  /// Returns the id of the connector that a reference contains, if the directory does not have this connector.
  ///
  /// The result is nil if the directory has the connector, or if the reference contains no connector.
  func missingConnector(
    of reference: ConnectorReference,
    for caller: Caller
  ) async throws(ServiceError) -> ConnectorID? {
    guard let id = reference.connectorID else { return nil }
    let directory = try reading(for: caller).directory
    do { return try await directory.connector(id) == nil ? id : nil } catch { throw ServiceError(beforeSending: error) }
  }

  /// Returns the preparer for requests that only read.
  ///
  /// Each read with Reflog's own credential is counted for the caller. A read with the caller's own token is not
  /// counted, because Microsoft Graph counts that read for the caller's application.
  private func reading(for caller: Caller) throws(ServiceError) -> Preparer {
    let preparer = try preparer(for: caller)
    guard let reads, case .roles = caller.credential else { return preparer }
    return Preparer(
      ledger: ledger,
      directory: BudgetedDirectory(
        directory: preparer.directory,
        budget: reads,
        actor: caller.actor,
        clock: { [ledger] in ledger.now }
      ),
      reconciliation: preparer.reconciliation
    )
  }
}

extension Preparer {
  /// Lets the directory check a caller's token, because Reflog itself can't check a token for the directory.
  ///
  /// Call this method before you record data for the caller, queue the caller's request, or answer the request from
  /// memory. Only a success, or status 403 with an error code, proves that the directory checked the token. A different
  /// refusal may come from a server in front of the directory. That server may refuse a request because of its form,
  /// without a check of the token.
  func prove(_ caller: Caller) async throws(ServiceError) {
    guard case .directoryToken = caller.credential else { return }
    do {
      _ = try await directory.read(DirectoryRead(.connectors, query: [QueryItem("$top", "1")]))
    } catch {
      switch error {
      case .refused(let refusal) where refusal.httpStatus == 403 && refusal.hasCode: break
      case .refused(let refusal) where refusal.httpStatus == 401 || refusal.httpStatus == 429:
        throw ServiceError(beforeSending: error)
      case .refused(let refusal):
        throw .directoryUnavailable("it did not show whether it accepts the token (status \(refusal.httpStatus))")
      case .unavailable, .budgetSpent: throw ServiceError(beforeSending: error)
      }
    }
  }
}
