package import ReflogModel

/// What only one request at a time may work on.
package enum TurnKey: Hashable, Comparable, Sendable {
  case address(Address)
  case connector(ConnectorID)
  /// What this request creates, which has no id yet.
  case creation(requestID: String)
  /// What callers gave this name (SHA-256), so that a repeat waits for the first.
  case named(keyHash: String)
}

extension Change {
  /// The turn that whoever works on this change holds.
  var turnKey: TurnKey {
    switch intent.subject {
    case .step(let address): .address(address)
    case .connector: intent.before.connectorID.map(TurnKey.connector) ?? .creation(requestID: intent.requestID)
    }
  }
}
