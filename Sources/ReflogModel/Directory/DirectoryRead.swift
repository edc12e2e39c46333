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

/// An option in the query of a URL, decoded.
package struct QueryItem: Hashable, Sendable {
  package let name: String
  package let value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension QueryItem {
  /// The options in the query of a URL, decoded; what can't be decoded is left out.
  package static func items(ofURL url: String) -> [QueryItem] {
    guard let mark = url.firstIndex(of: "?") else { return [] }
    return url[url.index(after: mark)...].split(separator: "&").compactMap { pair in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts[0].percentDecoded(plusIsSpace: true),
        let value = (parts.count == 2 ? parts[1] : "").percentDecoded(plusIsSpace: true)
      else { return nil }
      return QueryItem(name, value)
    }
  }
}
