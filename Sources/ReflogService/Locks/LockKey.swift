package import ReflogModel

/// The object that a lock protects: only one request at a time may work on the object.
package enum LockKey: Hashable, Comparable, Sendable {
  /// The reference at an address.
  case address(Address)
  /// A connector.
  case connector(ConnectorID)
  /// The object that a request creates.
  ///
  /// The object has no id yet, so the id of the request identifies the object.
  case creation(requestID: String)
  /// The SHA-256 hash of an `Idempotency-Key`.
  ///
  /// A repeated request with the same `Idempotency-Key` waits until the first request has released this lock.
  case named(keyHash: String)
  /// The API tokens: only one request at a time creates, revokes or records tokens.
  case tokens
}

extension Change {
  /// The key that a request must lock before the request works on this change.
  var lockKey: LockKey {
    switch intent.subject {
    case .step(let address): .address(address)
    case .connector: intent.before.connectorID.map(LockKey.connector) ?? .creation(requestID: intent.requestID)
    }
  }
}
