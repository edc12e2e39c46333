/// A read of the Graph surface.
package struct DirectoryRead: Sendable {
  /// What is read.
  package enum Resource: Sendable {
    case flows(FlowType)
    case flow(FlowType, FlowID)
    /// The connectors that the steps of a flow call.
    case configuration(FlowType, FlowID)
    /// The connector that an address points at.
    case connectorAt(Address)
    case connectors
    case connector(ConnectorID)
    /// Any other resource, by its path below `/identity`, percent-encoded as it was received.
    case other(path: String)
  }

  package let resource: Resource
  package let version: APIVersion
  /// The options of the query, decoded, in their order.
  package let query: [QueryItem]

  /// Creates a read.
  package init(_ resource: Resource, version: APIVersion = .beta, query: [QueryItem] = []) {
    self.resource = resource
    self.version = version
    self.query = query
  }
}
