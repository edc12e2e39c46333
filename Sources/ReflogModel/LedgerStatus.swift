/// What a ledger is and holds.
package struct LedgerStatus: Sendable {
  package let directory: DirectoryKind
  /// The key that signed the newest checkpoint, as a vkey; nothing before the first.
  package let verifierKey: String?
  package let tenantID: String
  package let newestChange: Change.ID?
  package let newestSequence: Int64?
  /// The number of the newest entry about a change.
  package let newestChangeSequence: Int64?
  package let pendingChanges: Int
  package let oldestPending: Timestamp?
  /// When a sweep last finished looking at everything; nothing where none ever has, and nothing is verified.
  package let verified: Timestamp?

  package init(
    directory: DirectoryKind,
    verifierKey: String?,
    tenantID: String,
    newestChange: Change.ID?,
    newestSequence: Int64?,
    newestChangeSequence: Int64?,
    pendingChanges: Int,
    oldestPending: Timestamp?,
    verified: Timestamp?
  ) {
    self.directory = directory
    self.verifierKey = verifierKey
    self.tenantID = tenantID
    self.newestChange = newestChange
    self.newestSequence = newestSequence
    self.newestChangeSequence = newestChangeSequence
    self.pendingChanges = pendingChanges
    self.oldestPending = oldestPending
    self.verified = verified
  }
}
