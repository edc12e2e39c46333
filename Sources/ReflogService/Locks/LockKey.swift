package import ReflogModel

/// What only one request at a time may work on.
package enum LockKey: Hashable, Comparable, Sendable {
  case address(Address)
  case connector(ConnectorID)
  /// What this request creates, which has no id yet.
  case creation(requestID: String)
  /// What callers gave this name (SHA-256), so that a repeat waits for the first.
  case named(keyHash: String)
}

extension Change {
  /// The turn that whoever works on this change holds.
  var lockKey: LockKey {
    switch intent.subject {
    case .step(let address): .address(address)
    case .connector: intent.before.connectorID.map(LockKey.connector) ?? .creation(requestID: intent.requestID)
    }
  }
}
