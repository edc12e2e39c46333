/// The result of a conclusive read of the directory.
///
/// The ledger stores the newest observations in addition to the history of changes.
package enum Observation: Sendable {
  /// The reference at an address.
  case reference(Address, ConnectorReference)
  /// A connector.
  ///
  /// `entry` is the sequence of the ledger's newest entry when the read began. `entry` is nil in two cases: the
  /// connector is from the answer to a write, or a request found a drift of the connector. Such an observation is
  /// recorded together with the outcome of the write or with the drift, and the ledger uses the sequence of their
  /// entry.
  case connector(DirectoryConnector, entry: Int64?)
  /// The directory has no connector with this id.
  case connectorGone(ConnectorID)
}
