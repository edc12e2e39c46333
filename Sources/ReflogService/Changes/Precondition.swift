package import ReflogModel

/// What the reference at an address must be before a change (`If-Match`, RFC 9110 §13.1.1).
package enum Precondition: Sendable {
  /// Any connector.
  case anyConnector
  /// One of these references.
  case oneOf([ConnectorReference])

  /// Whether a reference meets the condition.
  func holds(for reference: ConnectorReference) -> Bool {
    switch self {
    case .anyConnector: reference.connectorID != nil
    case .oneOf(let references): references.contains(reference)
    }
  }
}
