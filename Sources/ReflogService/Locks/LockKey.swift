package import ReflogModel

/// The object that a lock protects: only one request at a time may work on it.
package enum LockKey: Hashable, Comparable, Sendable {
  /// The reference at an address.
  case address(Address)
  /// A connector.
  case connector(ConnectorID)
  /// The object that a request creates.
  ///
  /// The object has no id yet, so the request's id identifies it.
  case creation(requestID: String)
  /// The SHA-256 of an `Idempotency-Key`.
  ///
  /// With this lock, a repeated request waits for the end of the first request.
  case named(keyHash: String)
}

extension Change {
  /// The key that a request must lock before it works on this change.
  var lockKey: LockKey {
    switch intent.subject {
    case .step(let address): .address(address)
    case .connector: intent.before.connectorID.map(LockKey.connector) ?? .creation(requestID: intent.requestID)
    }
  }
}
