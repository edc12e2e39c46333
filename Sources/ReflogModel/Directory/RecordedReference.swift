/// What the ledger knows of the reference at an address without a read of the directory.
package struct RecordedReference: Sendable {
  package let reference: ConnectorReference
  /// When the address was last known to hold it, or nil if that is unknown.
  package let lastSeen: Timestamp?

  /// Creates what is known of a reference.
  package init(reference: ConnectorReference, lastSeen: Timestamp?) {
    self.reference = reference
    self.lastSeen = lastSeen
  }
}
