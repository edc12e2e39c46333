import ReflogModel

/// A reference on a page.
struct ReferenceView: Sendable {
  /// The connector's display name, or the connector's id if the name is unknown.
  ///
  /// The name is `nothing` if there is no connector, and `unknown` if the reference is unknown.
  let name: String
  /// The connector's id, or nil if `name` already shows the id or the reference is not a connector.
  let id: String?
  let isConnector: Bool
  /// The id of the connector for the link to its page, or nil if the reference is not a connector.
  let connector: String?

  /// The maximum length, in scalars, of a name.
  ///
  /// Only the page of a change shows full names.
  private static let length = 80

  /// Creates a view that shows a text instead of a connector.
  init(text: String) { (name, id, isConnector, connector) = (text, nil, false, nil) }

  /// Creates the view of a reference.
  ///
  /// - Parameters:
  ///   - reference: the reference to show.
  ///   - isWhole: true if the view shows the full name, and false if the view shows a shortened name.
  init(_ reference: ConnectorReference, isWhole: Bool = false) {
    switch reference {
    case .connector(let id, let displayName):
      let text = displayName ?? id.text
      name = isWhole ? text : text.shortened(to: Self.length)
      self.id = displayName == nil ? nil : id.text
      isConnector = true
      connector = id.text
    case .none: (name, id, isConnector, connector) = ("nothing", nil, false, nil)
    case .unknown: (name, id, isConnector, connector) = ("unknown", nil, false, nil)
    }
  }
}
