package import ReflogModel

/// What must stand at an address for a change to be made (`If-Match`, RFC 9110 §13.1.1).
package enum Precondition: Sendable {
  /// Any connector at all.
  case anyConnector
  /// One of these.
  case oneOf([ConnectorReference])

  func holds(for reference: ConnectorReference) -> Bool {
    switch self {
    case .anyConnector: reference.connectorID != nil
    case .oneOf(let references): references.contains(reference)
    }
  }
}
