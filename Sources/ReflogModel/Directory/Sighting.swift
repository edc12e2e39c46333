/// What a conclusive look at the directory showed. The ledger remembers the newest beside its history.
package enum Sighting: Sendable {
  case reference(Address, ConnectorReference)
  /// - Parameter entry: the newest entry of the ledger before the look began.
  case connector(DirectoryConnector, entry: Int64)
  case connectorGone(ConnectorID)
}

/// What the ledger knows of an address without looking at the directory.
package struct RecordedReference: Sendable {
  package let reference: ConnectorReference
  /// The newest applied change there; nothing where the address was only ever looked at.
  package let newestChange: Change?
  /// When the reference was last known to stand there.
  package let lastSeen: Timestamp?

  package init(reference: ConnectorReference, newestChange: Change?, lastSeen: Timestamp?) {
    self.reference = reference
    self.newestChange = newestChange
    self.lastSeen = lastSeen
  }
}

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
