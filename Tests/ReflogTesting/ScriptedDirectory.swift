package import ReflogModel
import Synchronization

/// A directory in memory that stores all writes, and reacts to each write with the next reaction of a script.
package final class ScriptedDirectory: Directory {
  /// The reaction of the directory to a write.
  package enum Reaction: Sendable {
    /// The write is applied and answered.
    case apply
    /// The write is applied, and the answer is lost.
    case applyAndLoseAnswer
    /// The write is not applied, and the answer is lost.
    case loseRequest
    /// The write is refused.
    case refuse(DirectoryRefusal)
    /// The write is not sent.
    case neverSent
  }

  private struct State {
    var references: [Address: ConnectorReference]
    var connectors: [ConnectorID: DirectoryConnector]
    var reactions: [Reaction] = []
    var writes: [DirectoryWrite] = []
    var readFailure: DirectoryFailure?
    var otherAnswer: DirectoryResponse?
    /// The stale references. The key is the address.
    ///
    /// A read of the address returns the stale reference instead of the true reference.
    var staleReads: [Address: ConnectorReference] = [:]
    /// The addresses that are left out of every answer about a flow.
    ///
    /// The value is the error with which a separate read of the step fails. If the error is nil, this read returns the
    /// true reference.
    var missingSteps: [Address: DirectoryFailure?] = [:]
    /// The errors with which reads of lists fail. The key is the list's path below `/identity`.
    var listFailures: [String: DirectoryFailure] = [:]

    /// Returns the connector that a read of a step shows, or nil if the step calls no connector.
    func connector(at address: Address) -> DirectoryConnector? {
      (staleReads[address] ?? references[address])?.connectorID.map { id in
        connectors[id] ?? DirectoryConnector(id: id, displayName: "gone", targetURL: "")
      }
    }
  }

  private let state: Mutex<State>
  /// The kind is Microsoft Graph if reads can be stale. Otherwise the kind is the embedded directory.
  package var kind: DirectoryKind { settleWindow > .zero ? .graph : .embedded }
  package let hasOwnCredential = true
  package let settleWindow: Duration
  package let longestWrite: Duration

  /// Creates a directory.
  ///
  /// - Parameter connectors: The display names of the connectors. The key is the connector's id.
  package init(
    references: [Address: ConnectorReference] = [:],
    connectors: [ConnectorID: String],
    settleWindow: Duration,
    longestWrite: Duration
  ) {
    let connectors = connectors.map { id, name in
      (id, DirectoryConnector(id: id, displayName: name, targetURL: "https://api.contoso.example/"))
    }
    state = Mutex(State(references: references, connectors: Dictionary(uniqueKeysWithValues: connectors)))
    self.settleWindow = settleWindow
    self.longestWrite = longestWrite
  }

  /// The writes that reached the directory, in order.
  package var writes: [DirectoryWrite] { state.withLock { $0.writes } }

  /// Adds reactions to the end of the script. Each reaction is for one write.
  ///
  /// A write is applied if the script has no reaction left.
  package func react(_ reactions: Reaction...) {
    state.withLock { $0.reactions += reactions }
  }

  /// Sets the error with which every read fails.
  ///
  /// If the error is nil, reads succeed again.
  package func failReads(_ failure: DirectoryFailure?) {
    state.withLock { $0.readFailure = failure }
  }

  /// Leaves a step out of every answer about its flow.
  ///
  /// - Parameters:
  ///   - address: The address of the step.
  ///   - failure: The error with which a separate read of the step fails. If the error is nil, the read returns the
  ///     true reference.
  package func leaveOut(_ address: Address, failing failure: DirectoryFailure? = nil) {
    state.withLock { $0.missingSteps[address] = .some(failure) }
  }

  /// Shows a step again after ``leaveOut(_:failing:)``.
  package func show(_ address: Address) {
    state.withLock { $0.missingSteps[address] = nil }
  }

  /// Sets the error with which every read of one list fails.
  ///
  /// The list is identified by its path, such as `b2xUserFlows`. If the error is nil, reads of the list succeed again.
  package func failList(_ path: String, _ failure: DirectoryFailure?) {
    state.withLock { $0.listFailures[path] = failure }
  }

  /// Sets the answer to every read of a resource that this directory does not have.
  package func answerOtherReads(with response: DirectoryResponse) {
    state.withLock { $0.otherAnswer = response }
  }

  /// Changes a reference as another program would, without a change in Reflog.
  package func changeWithoutReflog(_ address: Address, _ reference: ConnectorReference) {
    state.withLock { $0.references[address] = reference }
  }

  /// Sets the stale reference that every read of an address returns.
  ///
  /// If the reference is nil, reads return the true reference again.
  package func readStale(_ address: Address, _ reference: ConnectorReference?) {
    state.withLock { $0.staleReads[address] = reference }
  }

  /// Removes a connector as another program would, without a change in Reflog.
  package func removeConnector(_ id: ConnectorID) {
    state.withLock { $0.connectors[id] = nil }
  }

  /// Returns the reference at an address.
  ///
  /// If a test has set a stale reference, returns the stale reference. The directory refuses an unknown address.
  package func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    let (failure, reference, isMissing) = state.withLock { state in
      let reference = state.staleReads[address] ?? state.references[address]
      return (state.readFailure, reference, state.missingSteps[address] != nil)
    }
    if let failure { throw failure }
    if isMissing {
      return try await references(of: FlowName(of: address), at: [address.step])[address.step] ?? .unknown
    }
    guard let reference else { throw .refused(.unknownFlow) }
    return reference
  }

  /// Returns a connector, or nil if the directory has no connector with this id.
  package func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? {
    let (failure, connector) = state.withLock { ($0.readFailure, $0.connectors[id]) }
    if let failure { throw failure }
    return connector
  }

  /// Adds or replaces a connector as another program would, without a change in Reflog.
  package func changeWithoutReflog(_ connector: DirectoryConnector) {
    state.withLock { $0.connectors[connector.id] = connector }
  }

  /// Returns a directory that accepts or refuses all requests, depending on the token.
  package func bearing(_ token: DirectoryToken) -> any Directory {
    TokenCheckingDirectory(inner: self, isAccepted: token.text.hasSuffix(Self.acceptedSignature))
  }

  /// The end of every token that the directory accepts.
  package static let acceptedSignature = ".accepted"

  /// Answers reads of flows, of configurations, of steps and of the list of connectors.
  ///
  /// All other reads fail.
  package func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse {
    let state = state.withLock { $0 }
    if let failure = state.readFailure { throw failure }
    switch question.resource {
    case .flow(let flowType, let flow):
      guard state.references.keys.contains(where: { $0.flowType == flowType && $0.flow == flow }) else {
        throw .refused(.unknownFlow)
      }
      return DirectoryResponse(httpStatus: 200, body: ["id": .string(flow.text)])
    case .flows(let flowType):
      if let failure = state.listFailures[flowType.rawValue] { throw failure }
      let ids = Set(state.references.keys.filter { $0.flowType == flowType }.map(\.flow)).sorted()
      return Self.list(ids.map { ["id": .string($0.text)] })
    case .configuration(let flowType, let flow):
      let known = state.references.filter { $0.key.flowType == flowType && $0.key.flow == flow }
      guard !known.isEmpty else { throw .refused(.unknownFlow) }
      var body: JSONObject = [:]
      for address in known.keys where state.missingSteps[address] == nil {
        body[address.step.name] = state.connector(at: address).map { .object($0.json) } ?? .null
      }
      return DirectoryResponse(httpStatus: 200, body: body)
    case .connectorAt(let address):
      if let failure = state.missingSteps[address], let failure { throw failure }
      return state.connector(at: address).map { DirectoryResponse(httpStatus: 200, body: $0.json) } ?? .noContent
    case .connectors:
      if let failure = state.listFailures["apiConnectors"] { throw failure }
      return Self.list(state.connectors.values.sorted { $0.id < $1.id }.map(\.json))
    case .connector, .other:
      if let answer = state.otherAnswer { return answer }
      throw .unavailable(reason: "the script has no answer to \(question)")
    }
  }

  private static func list(_ objects: [JSONObject]) -> DirectoryResponse {
    DirectoryResponse(httpStatus: 200, body: ["value": .array(objects.map { .object($0) })])
  }

  /// Reacts to a write with the next reaction of the script.
  package func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer {
    state.withLock { state in
      state.writes.append(write)
      switch state.reactions.isEmpty ? .apply : state.reactions.removeFirst() {
      case .apply:
        return .applied(Self.apply(write, to: &state))
      case .applyAndLoseAnswer:
        _ = Self.apply(write, to: &state)
        return .unknown(httpStatus: nil, reason: "the connection was reset")
      case .loseRequest:
        return .unknown(httpStatus: 504, reason: "the gateway timed out")
      case .refuse(let refusal):
        return .refused(refusal)
      case .neverSent:
        return .notSent(reason: "connection refused")
      }
    }
  }

  private static func apply(_ write: DirectoryWrite, to state: inout State) -> DirectoryResponse {
    switch write {
    case .setReference(let address, let reference):
      state.references[address] = reference
    case .deleteConnector(let id):
      state.connectors[id] = nil
      for (address, reference) in state.references where reference.connectorID == id {
        state.references[address] = ConnectorReference.none
      }
    case .createConnector(let body):
      if let id = ConnectorID("created") {
        let created = DirectoryConnector(
          id: id,
          displayName: body["displayName"]?.string ?? "",
          targetURL: body["targetUrl"]?.string?.lowercased() ?? "https://api.contoso.example/"
        )
        state.connectors[id] = created
        return DirectoryResponse(httpStatus: 201, body: created.json, created: created)
      }
    case .createFlow(let flowType, let flow, _):
      for step in Step.known {
        state.references[Address(flowType: flowType, flow: flow, step: step)] = ConnectorReference.none
      }
      return DirectoryResponse(httpStatus: 201, body: ["id": .string(flow.text)])
    case .deleteFlow(let flowType, let flow):
      state.references = state.references.filter { $0.key.flowType != flowType || $0.key.flow != flow }
    case .updateConnector(let id, let body):
      if let old = state.connectors[id] {
        state.connectors[id] = DirectoryConnector(
          id: id,
          displayName: body["displayName"]?.string ?? old.displayName,
          targetURL: body["targetUrl"]?.string ?? old.targetURL,
          authentication: old.authentication
        )
      }
    case .uploadCertificate(let id, let body):
      if let old = state.connectors[id] {
        let certified = DirectoryConnector(
          id: id,
          displayName: old.displayName,
          targetURL: old.targetURL,
          authentication: "clientCertificateAuthentication-" + (body["pkcs12Value"]?.string ?? "")
        )
        state.connectors[id] = certified
        return DirectoryResponse(httpStatus: 200, body: certified.json)
      }
    case .updateFlow, .other:
      break
    }
    return .noContent
  }
}

extension DirectoryConnector {
  /// The connector as Microsoft Graph shows it.
  fileprivate var json: JSONObject {
    var json: JSONObject = [
      "id": .string(id.text), "displayName": .string(displayName), "targetUrl": .string(targetURL),
    ]
    json["authenticationConfiguration"] =
      authentication.map { .object(["@odata.type": .string("#microsoft.graph.\($0)")]) } ?? .null
    return json
  }
}

extension DirectoryRefusal {
  /// The refusal for an unknown flow or step.
  package static let unknownFlow = DirectoryRefusal(
    httpStatus: 404,
    code: "Request_ResourceNotFound",
    message: "There is no such flow."
  )
}
