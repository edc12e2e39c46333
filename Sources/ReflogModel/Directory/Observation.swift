/// What a conclusive look at the directory showed. The ledger remembers the newest beside its history.
package enum Observation: Sendable {
  case reference(Address, ConnectorReference)
  /// - Parameter entry: the newest entry of the ledger before the look began.
  case connector(DirectoryConnector, entry: Int64)
  case connectorGone(ConnectorID)
}
