import ReflogModel

/// What a step calls, on a page.
struct ReferenceView: Sendable {
  /// Its name; its id where nobody knows the name.
  let name: String
  /// Nothing where the name says it already.
  let id: String?
  let isConnector: Bool

  init(_ reference: ConnectorReference) {
    switch reference {
    case .connector(let id, let displayName):
      name = displayName ?? id.text
      self.id = displayName == nil ? nil : id.text
      isConnector = true
    case .none: (name, id, isConnector) = ("nothing", nil, false)
    case .unknown: (name, id, isConnector) = ("unknown", nil, false)
    }
  }
}
