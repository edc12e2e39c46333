/// A write that may have reached the directory a short time ago.
///
/// Until the settle window has passed, a read may show what the write replaced or what it wrote.
package struct RecentWrite: Sendable {
  package let id: Change.ID
  package let before: ConnectorReference
  package let after: ConnectorReference
  /// When it was settled, or, if it is pending, when it was recorded.
  package let time: Timestamp

  /// Creates the write that a change made, or that a drift found.
  package init(_ change: Change) {
    id = change.id
    before = change.intent.before
    after = change.after
    time = change.resultDateTime ?? change.activityDateTime
  }
}
