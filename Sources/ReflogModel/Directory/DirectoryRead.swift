/// A request that reads a resource of the Graph API.
package struct DirectoryRead: Sendable {
  /// The resource to read.
  package enum Resource: Sendable {
    case flows(FlowType)
    case flow(FlowType, FlowID)
    /// The connectors of a flow's steps.
    case configuration(FlowType, FlowID)
    /// The connector that the step at an address calls.
    case connectorAt(Address)
    case connectors
    case connector(ConnectorID)
    /// A resource for which this enum has no separate case.
    ///
    /// The path is the part after `/identity`, percent-encoded as the caller sent it.
    case other(path: String)
  }

  package let resource: Resource
  package let version: APIVersion
  /// The decoded options of the URL's query, in the order in which the caller sent them.
  package let query: [QueryItem]
  /// The `client-request-id` that identifies the read in the directory's own logs, or nil if no id is sent.
  package let correlationID: String?

  /// Creates a read.
  package init(
    _ resource: Resource,
    version: APIVersion = .beta,
    query: [QueryItem] = [],
    correlationID: String? = nil
  ) {
    self.resource = resource
    self.version = version
    self.query = query
    self.correlationID = correlationID
  }
}
