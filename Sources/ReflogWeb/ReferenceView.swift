import ReflogModel

/// What a step calls, on a page.
struct ReferenceView: Sendable {
  /// Its name; its id where nobody knows the name.
  let name: String
  /// Nothing where the name says it already.
  let id: String?
  let isConnector: Bool

  /// More of a name than this is on the page of its change.
  private static let length = 80

  /// Something that is no one connector.
  init(words: String) { (name, id, isConnector) = (words, nil, false) }

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
