/// What the ledger knows of a connector without a read of the directory.
package struct RecordedConnector: Sendable {
  package let connector: DirectoryConnector
  /// When the connector was read.
  package let seen: Timestamp
  /// The sequence of the ledger's newest entry before that read.
  package let entry: Int64

  /// Creates what is known of a connector.
  package init(connector: DirectoryConnector, seen: Timestamp, entry: Int64) {
    self.connector = connector
    self.seen = seen
    self.entry = entry
  }
}
