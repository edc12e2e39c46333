/// The result of a conclusive read of the directory.
///
/// The ledger stores the newest observations next to its history.
package enum Observation: Sendable {
  /// The reference at an address.
  case reference(Address, ConnectorReference)
  /// A connector, and the sequence of the entry that was the ledger's newest when the read began.
  case connector(DirectoryConnector, entry: Int64)
  /// The directory has no connector with this id.
  case connectorGone(ConnectorID)
}
