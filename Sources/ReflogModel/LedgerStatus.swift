/// The directory that a ledger belongs to, and the state of the ledger's content.
package struct LedgerStatus: Sendable {
  package let directory: DirectoryKind
  /// The public key that verifies the signature of the newest checkpoint, or nil if there is no checkpoint yet.
  ///
  /// The form is a `vkey`, which C2SP signed-note defines.
  package let verifierKey: String?
  package let tenantID: String
  /// The newest change, or nil if there is no change.
  package let newestChange: Change.ID?
  /// The sequence of the newest entry, or nil if the log has no entries.
  package let newestSequence: Int64?
  /// The sequence of the newest entry about a change, or nil if there is no such entry.
  package let newestChangeSequence: Int64?
  /// The number of pending changes.
  package let pendingChanges: Int
  /// When the oldest pending change was recorded, or nil if no change is pending.
  package let oldestPending: Timestamp?
  /// When a sweep last finished a check of the whole directory.
  ///
  /// The value is nil if no sweep has finished yet.
  package let verified: Timestamp?
  /// The parts of the directory that the last sweep could not read, at most ``shownUnreadParts``.
  ///
  /// If there are more such parts, the list contains the parts whose reads failed first.
  package let unread: [UnreadPart]
  /// The number of all parts of the directory that the last sweep could not read.
  ///
  /// The number can be higher than the number of parts in `unread`.
  package let unreadCount: Int

  /// The maximum number of parts in `unread`.
  ///
  /// The limit keeps the status small, even if no flow of a large tenant can be read.
  package static let shownUnreadParts = 100
  /// The unconfirmed replacement of a lost signing key.
  ///
  /// An admin must confirm the replacement. The value is nil if no replacement waits for a confirmation.
  package let keyReplacement: KeyReplacement?

  /// Creates a status.
  package init(
    directory: DirectoryKind,
    verifierKey: String?,
    tenantID: String,
    newestChange: Change.ID?,
    newestSequence: Int64?,
    newestChangeSequence: Int64?,
    pendingChanges: Int,
    oldestPending: Timestamp?,
    verified: Timestamp?,
    unread: [UnreadPart] = [],
    unreadCount: Int = 0,
    keyReplacement: KeyReplacement? = nil
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
    self.unread = unread
    self.unreadCount = unreadCount
    self.keyReplacement = keyReplacement
  }
}
