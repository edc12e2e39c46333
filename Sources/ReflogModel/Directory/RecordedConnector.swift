/// A connector with the properties that the ledger recorded when the connector was last observed.
package struct RecordedConnector: Sendable {
  package let connector: DirectoryConnector
  /// When the connector was read from the directory.
  package let seen: Timestamp
  /// The sequence of the ledger's newest entry when the read of the connector began.
  package let entry: Int64

  /// Creates a recorded connector.
  package init(connector: DirectoryConnector, seen: Timestamp, entry: Int64) {
    self.connector = connector
    self.seen = seen
    self.entry = entry
  }
}
