/// A request that writes a resource of the Graph API.
package enum DirectoryWrite: Sendable {
  /// Sets the reference at an address to a connector or to no connector.
  case setReference(Address, ConnectorReference)
  case createConnector(JSONObject)
  case updateConnector(ConnectorID, JSONObject)
  case deleteConnector(ConnectorID)
  /// Uploads a certificate to a connector.
  ///
  /// The body is `{"pkcs12Value","password"}`.
  case uploadCertificate(ConnectorID, JSONObject)
  /// Creates a flow that calls no connector.
  ///
  /// The body has no `apiConnectorConfiguration`, because Microsoft Graph possibly ignores the connectors of a new
  /// flow. Set the references of the flow with ``setReference(_:_:)``.
  case createFlow(FlowType, FlowID, JSONObject)
  /// Updates a flow.
  ///
  /// The body has no `apiConnectorConfiguration`.
  case updateFlow(FlowType, FlowID, JSONObject)
  case deleteFlow(FlowType, FlowID)
  /// A write that can't affect a connector, forwarded unchanged.
  case other(Passthrough)

  /// A request that is forwarded unchanged.
  package struct Passthrough: Sendable {
    package let method: Method
    package let version: APIVersion
    /// The part of the path after `/identity`, percent-encoded as the caller sent it.
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
