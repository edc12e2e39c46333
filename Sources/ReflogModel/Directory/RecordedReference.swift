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
