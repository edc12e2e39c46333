/// A write of the Graph surface.
package enum DirectoryWrite: Sendable {
  /// Points an address at a connector, or at no connector.
  case setReference(Address, ConnectorReference)
  case createConnector(JSONObject)
  case updateConnector(ConnectorID, JSONObject)
  case deleteConnector(ConnectorID)
  /// Uploads a certificate to a connector. The body is `{"pkcs12Value","password"}`.
  case uploadCertificate(ConnectorID, JSONObject)
  /// Creates a flow. Its `apiConnectorConfiguration` is not in the body but in `references`.
  case createFlow(FlowType, FlowID, body: JSONObject, references: [Step: ConnectorID])
  /// Updates a flow. The body has no `apiConnectorConfiguration`.
  case updateFlow(FlowType, FlowID, JSONObject)
  case deleteFlow(FlowType, FlowID)
  /// A write that can't affect a connector, forwarded unchanged.
  case other(Passthrough)

  /// A request that is forwarded unchanged.
  package struct Passthrough: Sendable {
    package let method: Method
    package let version: APIVersion
    /// The path below `/identity`, percent-encoded as it was received.
    package let path: String
    package let query: [QueryItem]
    package let contentType: String?
    package let body: [UInt8]

    /// Creates a passthrough.
    package init(
      method: Method,
      version: APIVersion,
      path: String,
      query: [QueryItem],
      contentType: String?,
      body: [UInt8]
    ) {
      self.method = method
      self.version = version
      self.path = path
      self.query = query
      self.contentType = contentType
      self.body = body
    }
  }

  /// The HTTP method of a write.
  package enum Method: String, Sendable {
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }
}
