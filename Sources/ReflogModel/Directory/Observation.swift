/// What a conclusive read of the directory showed. The ledger keeps the newest ones next to its history.
package enum Observation: Sendable {
  /// The reference at an address.
  case reference(Address, ConnectorReference)
  /// A connector, and the sequence of the ledger's newest entry before the read began.
  case connector(DirectoryConnector, entry: Int64)
  /// There is no connector with this id.
  case connectorGone(ConnectorID)
}
