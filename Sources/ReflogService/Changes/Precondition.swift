package import ReflogModel

/// A condition that the reference at an address must meet before a change (`If-Match`, RFC 9110 §13.1.1).
package enum Precondition: Sendable {
  /// The address holds a reference to any connector.
  case anyConnector
  /// The address holds one of these references.
  case oneOf([ConnectorReference])

  /// Whether a reference meets the condition.
  func holds(for reference: ConnectorReference) -> Bool {
    switch self {
    case .anyConnector: reference.connectorID != nil
    case .oneOf(let references): references.contains(reference)
    }
  }
}
