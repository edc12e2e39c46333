/// The deletion of what need not be kept any more.
package struct Purge: Sendable {
  package let id: Int64
  /// What was settled before this moment goes.
  package let before: Timestamp
  package let asked: Timestamp
  /// Nothing while it is under way.
  package let finished: Timestamp?

  package init(id: Int64, before: Timestamp, asked: Timestamp, finished: Timestamp?) {
    self.id = id
    self.before = before
    self.asked = asked
    self.finished = finished
  }

  /// What a purge would do now.
  package struct Plan: Sendable {
    package let before: Timestamp
    /// Changes and service events that would go.
    package let changes: Int64
    package let events: Int64
    /// Old enough, and kept by a hold.
    package let held: Int64
    /// Old enough, and kept in any case: the last change of an address that made a difference.
    package let standing: Int64

    package init(before: Timestamp, changes: Int64, events: Int64, held: Int64, standing: Int64) {
      self.before = before
      self.changes = changes
      self.events = events
      self.held = held
      self.standing = standing
    }
  }
}
