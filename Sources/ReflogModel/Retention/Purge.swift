/// The deletion of history that the retention policy does not require any more.
package struct Purge: Sendable {
  package let id: Int64
  /// The moment that separates the history to delete from newer history.
  ///
  /// The purge deletes changes that were settled earlier than this moment, and service events that are older than this
  /// moment.
  package let before: Timestamp
  /// When the purge was requested.
  package let asked: Timestamp
  /// When the purge was finished, or nil if the purge is running.
  package let finished: Timestamp?

  /// Creates a purge.
  package init(id: Int64, before: Timestamp, asked: Timestamp, finished: Timestamp?) {
    self.id = id
    self.before = before
    self.asked = asked
    self.finished = finished
  }

  /// The number of records that a purge would delete or keep at this moment.
  package struct Plan: Sendable {
    /// The moment that separates the history to delete from newer history.
    ///
    /// The purge would delete changes that were settled earlier than this moment, and service events that are older
    /// than this moment.
    package let before: Timestamp
    /// The number of changes that would be deleted.
    package let changes: Int64
    /// The number of service events that would be deleted.
    package let events: Int64
    /// The number of changes that are old enough to be deleted, but that a legal hold keeps.
    package let held: Int64
    /// The number of changes that are old enough to be deleted, but that every purge keeps.
    ///
    /// Every purge keeps the last effective change at each address, because this change shows how the current reference
    /// was set.
    package let kept: Int64

    /// Creates a plan.
    package init(before: Timestamp, changes: Int64, events: Int64, held: Int64, kept: Int64) {
      self.before = before
      self.changes = changes
      self.events = events
      self.held = held
      self.kept = kept
    }
  }
}
