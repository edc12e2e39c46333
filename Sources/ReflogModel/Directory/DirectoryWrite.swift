/// A write of the Graph surface.
package enum DirectoryWrite: Sendable {
  /// Points an address at a connector or, with `none`, at nothing.
  case setReference(Address, ConnectorReference)
  case createConnector(JSONObject)
  case updateConnector(ConnectorID, JSONObject)
  case deleteConnector(ConnectorID)
  /// The body is `{"pkcs12Value","password"}`.
  case uploadCertificate(ConnectorID, JSONObject)
  /// The body comes without its `apiConnectorConfiguration`, which is in `references`.
  case createFlow(FlowType, FlowID, body: JSONObject, references: [Step: ConnectorID])
  /// The body holds no `apiConnectorConfiguration`.
  case updateFlow(FlowType, FlowID, JSONObject)
  case deleteFlow(FlowType, FlowID)
  /// What can't touch a connector, handed on as it came.
  case other(Passthrough)

  /// A request that is handed on as it came.
  package struct Passthrough: Sendable {
    package let method: Method
    package let version: APIVersion
    /// From below `/identity` on, percent-encoded as it came.
    package let path: String
    package let query: [QueryItem]
    package let contentType: String?
    package let body: [UInt8]

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

  package enum Method: String, Sendable {
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }
}
