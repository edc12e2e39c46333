/// The reference at an address according to the ledger, without a new read of the directory.
package struct RecordedReference: Sendable {
  package let reference: ConnectorReference
  /// The latest time at which the address is known to have held the reference, or nil if no time is known.
  package let lastSeen: Timestamp?

  /// Creates a recorded reference.
  package init(reference: ConnectorReference, lastSeen: Timestamp?) {
    self.reference = reference
    self.lastSeen = lastSeen
  }
}
