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

  /// The maximum length, in scalars, of a name.
  ///
  /// Only the page of a change shows full names.
  private static let length = 80

  /// Creates a view that shows a text instead of a connector.
  init(text: String) { (name, id, isConnector) = (text, nil, false) }

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
    case .none: (name, id, isConnector) = ("nothing", nil, false)
    case .unknown: (name, id, isConnector) = ("unknown", nil, false)
    }
  }
}
