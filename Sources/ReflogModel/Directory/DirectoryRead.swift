/// A question of the Graph surface that touches nothing.
package struct DirectoryRead: Sendable {
  package enum Resource: Sendable {
    case flows(FlowType)
    case flow(FlowType, FlowID)
    /// What the steps of a flow call.
    case configuration(FlowType, FlowID)
    /// The connector that stands at an address.
    case connectorAt(Address)
    case connectors
    case connector(ConnectorID)
    /// Anything else below `/identity`, by its path from there on, percent-encoded as it came.
    case other(path: String)
  }

  package let resource: Resource
  package let version: APIVersion
  /// Options of the query, decoded, in order.
  package let query: [QueryItem]

  package init(_ resource: Resource, version: APIVersion = .beta, query: [QueryItem] = []) {
    self.resource = resource
    self.version = version
    self.query = query
  }
}
