/// What the ledger knows of a connector without looking at the directory.
package struct RecordedConnector: Sendable {
  package let connector: DirectoryConnector
  package let seen: Timestamp
  /// The newest entry of the ledger before the look that saw it.
  package let entry: Int64

  package init(connector: DirectoryConnector, seen: Timestamp, entry: Int64) {
    self.connector = connector
    self.seen = seen
    self.entry = entry
  }
}
