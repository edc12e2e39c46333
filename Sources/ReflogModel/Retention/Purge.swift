/// The deletion of history that need not be kept any more.
package struct Purge: Sendable {
  package let id: Int64
  /// The changes that were settled before this moment are deleted, and the service events before it.
  package let before: Timestamp
  /// When the purge was requested.
  package let asked: Timestamp
  /// When it was finished, or nil if it is running.
  package let finished: Timestamp?

  /// Creates a purge.
  package init(id: Int64, before: Timestamp, asked: Timestamp, finished: Timestamp?) {
    self.id = id
    self.before = before
    self.asked = asked
    self.finished = finished
  }

  /// What a purge would do at this moment.
  package struct Plan: Sendable {
    /// The changes that were settled before this moment would be deleted, and the service events before it.
    package let before: Timestamp
    /// The number of changes that would be deleted.
    package let changes: Int64
    /// The number of service events that would be deleted.
    package let events: Int64
    /// The number of changes that are old enough and that a legal hold keeps.
    package let held: Int64
    /// The number of changes that are old enough and that are always kept, as the last effective change of their
    /// address.
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
