import NIOHTTP1
import ReflogModel

/// A request to Microsoft Graph, without the host and the token.
struct GraphRequest: Sendable {
  let method: HTTPMethod
  /// The path and the query, beginning with the API version.
  let path: String
  let content: Content?

  struct Content: Sendable {
    let type: String
    let bytes: [UInt8]
  }

  /// Whether the request can change data in Microsoft Graph.
  var isWrite: Bool { method != .GET }

  /// Creates a request for a path below `/identity`.
  ///
  /// The path needs no escaping, because ids and steps contain only ASCII characters that are valid in a path.
  private init(
    _ method: HTTPMethod,
    _ path: String,
    version: APIVersion = .beta,
    query: [QueryItem] = [],
    content: Content? = nil
  ) {
    self.method = method
    self.path = "/\(version.rawValue)/identity\(path)" + Self.text(of: query)
    self.content = content
  }

  private init(_ method: HTTPMethod, _ path: String, _ body: JSONObject) {
    self.init(method, path, content: Content(type: "application/json", bytes: JSONValue.object(body).bytes))
  }

  /// Returns the text of a query.
  ///
  /// Some special characters are not escaped, because RFC 3986 §3.4 permits these characters in a query, and Graph
  /// expects these characters unescaped.
  private static func text(of query: [QueryItem]) -> String {
    query.isEmpty ? "" : "?" + query.encoded(keeping: "$,'()*:/@")
  }
}

extension GraphRequest {
  /// Creates the request for a read.
  init(_ question: DirectoryRead) {
    let path =
      switch question.resource {
      case .flows(let flowType): "/\(flowType.rawValue)"
      case .flow(let flowType, let id): "/\(flowType.rawValue)/\(id)"
      case .configuration(let flowType, let flow): "/\(flowType.rawValue)/\(flow)/apiConnectorConfiguration"
      case .connectorAt(let address):
        "/\(address.flowType.rawValue)/\(address.flow)/apiConnectorConfiguration/\(address.step)"
      case .connectors: "/apiConnectors"
      case .connector(let id): "/apiConnectors/\(id)"
      case .other(let path): path
      }
    self.init(.GET, path, version: question.version, query: question.query)
  }

  /// Creates the request for a write.
  ///
  /// If Reflog itself creates a write, the write uses the beta version, because only the beta version has
  /// `b2cUserFlows`.
  ///
  /// - Parameters:
  ///   - write: The write to send.
  ///   - graphURL: The base URL of Graph. The URLs of connectors in the body begin with this URL.
  init(_ write: DirectoryWrite, graphURL: String) {
    func url(of connector: ConnectorID) -> JSONValue {
      .string("\(graphURL)/\(APIVersion.beta.rawValue)/identity/apiConnectors/\(connector)")
    }
    switch write {
    case .setReference(let address, let reference):
      self.init(
        .PUT,
        "/\(address.flowType.rawValue)/\(address.flow)/apiConnectorConfiguration/\(address.step)/$ref",
        reference.connectorID.map { ["@odata.id": url(of: $0)] } ?? [:]
      )
    case .createConnector(let body): self.init(.POST, "/apiConnectors", body)
    case .updateConnector(let id, let body): self.init(.PATCH, "/apiConnectors/\(id)", body)
    case .deleteConnector(let id): self.init(.DELETE, "/apiConnectors/\(id)")
    case .uploadCertificate(let id, let body):
      self.init(.POST, "/apiConnectors/\(id)/uploadClientCertificate", body)
    case .createFlow(let flowType, _, let body): self.init(.POST, "/\(flowType.rawValue)", body)
    case .updateFlow(let flowType, let id, let body): self.init(.PATCH, "/\(flowType.rawValue)/\(id)", body)
    case .deleteFlow(let flowType, let id): self.init(.DELETE, "/\(flowType.rawValue)/\(id)")
    case .other(let request):
      let type = request.contentType ?? "application/json"
      self.init(
        HTTPMethod(rawValue: request.method.rawValue),
        request.path,
        version: request.version,
        query: request.query,
        content: request.body.isEmpty ? nil : Content(type: type, bytes: request.body)
      )
    }
  }
}
