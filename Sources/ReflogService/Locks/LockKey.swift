package import ReflogModel

/// What a lock protects: only one request at a time may work on it.
package enum LockKey: Hashable, Comparable, Sendable {
  /// The reference at an address.
  case address(Address)
  /// A connector.
  case connector(ConnectorID)
  /// What a request creates.
  ///
  /// It has no id yet.
  case creation(requestID: String)
  /// An `Idempotency-Key`, as its SHA-256: a repeat waits for the first request.
  case named(keyHash: String)
}

extension Change {
  /// The key that a request locks to work on this change.
  var lockKey: LockKey {
    switch intent.subject {
    case .step(let address): .address(address)
    case .connector: intent.before.connectorID.map(LockKey.connector) ?? .creation(requestID: intent.requestID)
    }
  }
}
