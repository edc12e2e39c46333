import NIOHTTP1
import ReflogModel

/// A request to Microsoft Graph, as far as its meaning goes; host and token come from elsewhere.
struct GraphRequest: Sendable {
  let method: HTTPMethod
  /// From the version on, with its query.
  let path: String
  var body: JSONObject?

  /// Everything is asked of beta: `b2cUserFlows` exists nowhere else.
  private static let version = "/beta"

  init(_ method: HTTPMethod, _ path: String, body: JSONObject? = nil) {
    self.method = method
    self.path = Self.version + path
    self.body = body
  }

  /// Ids and steps are ASCII by rule, and need no escaping.
  static func configuration(of flow: FlowID, _ flowType: FlowType, expand steps: [Step]) -> GraphRequest {
    let expand = steps.isEmpty ? "" : "?$expand=" + steps.map(\.name).joined(separator: ",")
    return GraphRequest(.GET, "/identity/\(flowType.rawValue)/\(flow)/apiConnectorConfiguration\(expand)")
  }

  static func connector(_ id: ConnectorID) -> GraphRequest {
    GraphRequest(.GET, "/identity/apiConnectors/\(id)")
  }

  init(_ question: DirectoryRead) {
    switch question {
    case .flows(let flowType): self.init(.GET, "/identity/\(flowType.rawValue)")
    case .flow(let flowType, let id): self.init(.GET, "/identity/\(flowType.rawValue)/\(id)")
    case .configuration(let flowType, let flow, let steps):
      self = .configuration(of: flow, flowType, expand: steps)
    case .connectorAt(let address):
      self.init(
        .GET,
        "/identity/\(address.flowType.rawValue)/\(address.flow)/apiConnectorConfiguration/\(address.step)"
      )
    case .connectors: self.init(.GET, "/identity/apiConnectors")
    case .connector(let id): self = .connector(id)
    }
  }

  /// - Parameter graphURL: on whose host the URLs inside bodies are built anew.
  init(_ write: DirectoryWrite, graphURL: String) {
    func url(of connector: ConnectorID) -> JSONValue {
      .string("\(graphURL)\(Self.version)/identity/apiConnectors/\(connector)")
    }
    switch write {
    case .setReference(let address, let reference):
      self.init(
        .PUT,
        "/identity/\(address.flowType.rawValue)/\(address.flow)/apiConnectorConfiguration/\(address.step)/$ref",
        body: reference.connectorID.map { ["@odata.id": url(of: $0)] } ?? [:]
      )
    case .createConnector(let body): self.init(.POST, "/identity/apiConnectors", body: body)
    case .updateConnector(let id, let body): self.init(.PATCH, "/identity/apiConnectors/\(id)", body: body)
    case .deleteConnector(let id): self.init(.DELETE, "/identity/apiConnectors/\(id)")
    case .createFlow(let flowType, _, var body, let references):
      if !references.isEmpty {
        var configuration: JSONObject = [:]
        for (step, connector) in references.sorted(by: { $0.key < $1.key }) {
          configuration[step.name] = .object(["@odata.id": url(of: connector)])
        }
        body["apiConnectorConfiguration"] = .object(configuration)
      }
      self.init(.POST, "/identity/\(flowType.rawValue)", body: body)
    case .updateFlow(let flowType, let id, let body):
      self.init(.PATCH, "/identity/\(flowType.rawValue)/\(id)", body: body)
    case .deleteFlow(let flowType, let id): self.init(.DELETE, "/identity/\(flowType.rawValue)/\(id)")
    }
  }

  /// Whether it can change anything.
  var isWrite: Bool { method != .GET }
}
