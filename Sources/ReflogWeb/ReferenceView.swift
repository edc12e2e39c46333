import ReflogModel

/// A reference on a page.
struct ReferenceView: Sendable {
  /// The connector's display name, or its id if the name is unknown; else `nothing` or `unknown`.
  let name: String
  /// The connector's id, or nil if `name` is the id already or there is no connector.
  let id: String?
  let isConnector: Bool

  /// The length to which names are shortened, in scalars; the change's own page shows all of them.
  private static let length = 80

  /// Makes a view of something that is not one connector.
  init(text: String) { (name, id, isConnector) = (text, nil, false) }

  /// Makes the view of a reference.
  ///
  /// - Parameters:
  ///   - reference: the reference to show.
  ///   - isWhole: true to show the name in full.
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
