/// The result of a conclusive read of the directory.
///
/// The ledger stores the newest observations in addition to the history of changes.
package enum Observation: Sendable {
  /// The reference at an address.
  case reference(Address, ConnectorReference)
  /// A connector.
  ///
  /// `entry` is the sequence of the ledger's newest entry when the read began. The value is nil for a connector from
  /// the answer to a write. Such an observation is recorded together with the outcome of the write, and the ledger uses
  /// the sequence of the outcome's entry.
  case connector(DirectoryConnector, entry: Int64?)
  /// The directory has no connector with this id.
  case connectorGone(ConnectorID)
}
