package import ReflogModel
import Synchronization

/// A directory in memory that answers writes as it is told to, and remembers what it was asked.
package final class ScriptedDirectory: Directory {
  /// What becomes of a write.
  package enum Reaction: Sendable {
    /// It is done and answered.
    case apply
    /// It is done, and the answer is lost.
    case applyAndLoseAnswer
    /// It is not done, and the answer is lost.
    case loseRequest
    case refuse(DirectoryRefusal)
    case neverSent
  }

  private struct State {
    var references: [Address: ConnectorReference]
    var connectors: [ConnectorID: DirectoryConnector]
    var reactions: [Reaction] = []
    var writes: [DirectoryWrite] = []
    var readFailure: DirectoryFailure?
    /// What reads of an address show instead of the truth.
    var staleReads: [Address: ConnectorReference] = [:]
  }

  private let state: Mutex<State>
  /// One that may show an older value is like Microsoft Graph.
  package var kind: DirectoryKind { settleWindow > .zero ? .graph : .embedded }
  package let hasOwnCredential = true
  package let settleWindow: Duration
  package let longestWrite: Duration

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

  /// The writes that reached it, in order.
  package var writes: [DirectoryWrite] { state.withLock { $0.writes } }

  /// Says what becomes of the next writes; those after them are applied.
  package func react(_ reactions: Reaction...) {
    state.withLock { $0.reactions += reactions }
  }

  /// Lets every read fail like this, or none.
  package func failReads(_ failure: DirectoryFailure?) {
    state.withLock { $0.readFailure = failure }
  }

  /// Changes a reference behind Reflog's back.
  package func goRound(_ address: Address, _ reference: ConnectorReference) {
    state.withLock { $0.references[address] = reference }
  }

  /// Lets reads of an address show this, whatever stands there; with nothing, the truth again.
  package func readStale(_ address: Address, _ reference: ConnectorReference?) {
    state.withLock { $0.staleReads[address] = reference }
  }

  package func removeConnector(_ id: ConnectorID) {
    state.withLock { $0.connectors[id] = nil }
  }

  package func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    let (failure, reference) = state.withLock { state in
      (state.readFailure, state.staleReads[address] ?? state.references[address])
    }
    if let failure { throw failure }
    guard let reference else { throw .refused(.unknownFlow) }
    return reference
  }

  package func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? {
    let (failure, connector) = state.withLock { ($0.readFailure, $0.connectors[id]) }
    if let failure { throw failure }
    return connector
  }

  /// Puts a connector there behind Reflog's back, or in place of the one that is there.
  package func goRound(_ connector: DirectoryConnector) {
    state.withLock { $0.connectors[connector.id] = connector }
  }

  package func bearing(_ token: DirectoryToken) -> any Directory {
    TokenCheckingDirectory(inner: self, isAccepted: token.text.hasSuffix(Self.acceptedSignature))
  }

  /// What a caller's token must end with to be taken.
  package static let acceptedSignature = ".accepted"

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
      let ids = Set(state.references.keys.filter { $0.flowType == flowType }.map(\.flow)).sorted()
      return Self.list(ids.map { ["id": .string($0.text)] })
    case .configuration(let flowType, let flow):
      let known = state.references.filter { $0.key.flowType == flowType && $0.key.flow == flow }
      guard !known.isEmpty else { throw .refused(.unknownFlow) }
      var body: JSONObject = [:]
      for address in known.keys {
        let reference = state.staleReads[address] ?? known[address]
        let connector = reference?.connectorID.map { id in
          state.connectors[id] ?? DirectoryConnector(id: id, displayName: "gone", targetURL: "")
        }
        body[address.step.name] = connector.map { .object($0.json) } ?? .null
      }
      return DirectoryResponse(httpStatus: 200, body: body)
    case .connectors:
      return Self.list(state.connectors.values.sorted { $0.id < $1.id }.map(\.json))
    case .connectorAt, .connector, .other:
      throw .unavailable(reason: "nobody scripted \(question)")
    }
  }

  private static func list(_ objects: [JSONObject]) -> DirectoryResponse {
    DirectoryResponse(httpStatus: 200, body: ["value": .array(objects.map { .object($0) })])
  }

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
    case .createConnector(let body):
      if let id = ConnectorID("created") {
        let created = DirectoryConnector(
          id: id,
          displayName: body["displayName"]?.string ?? "",
          targetURL: body["targetUrl"]?.string ?? "https://api.contoso.example/"
        )
        state.connectors[id] = created
        return DirectoryResponse(httpStatus: 201, body: body, created: created)
      }
    case .createFlow(let flowType, let flow, _, let references):
      for step in Step.known {
        let reference = references[step].map { ConnectorReference.connector($0, displayName: nil) }
        state.references[Address(flowType: flowType, flow: flow, step: step)] = reference ?? ConnectorReference.none
      }
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
    case .uploadCertificate, .updateFlow, .other:
      break
    }
    return .noContent
  }
}

extension DirectoryConnector {
  /// As Microsoft Graph shows it.
  fileprivate var json: JSONObject {
    var json: JSONObject = [
      "id": .string(id.text), "displayName": .string(displayName), "targetUrl": .string(targetURL),
    ]
    if let authentication {
      json["authenticationConfiguration"] = .object(["@odata.type": .string("#microsoft.graph.\(authentication)")])
    }
    return json
  }
}

extension DirectoryRefusal {
  package static let unknownFlow = DirectoryRefusal(
    httpStatus: 404,
    code: "Request_ResourceNotFound",
    message: "There is no such flow."
  )
}
