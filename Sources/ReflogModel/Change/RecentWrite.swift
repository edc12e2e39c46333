/// A write that may have reached the directory recently.
///
/// Until the settle window has passed, a read may show the old reference or the new reference.
package struct RecentWrite: Sendable {
  package let id: Change.ID
  package let before: ConnectorReference
  package let after: ConnectorReference
  /// When the change was settled.
  ///
  /// If the change is pending, it is the time when the change was recorded.
  package let time: Timestamp

  /// Creates the recent write that belongs to a change.
  ///
  /// If the change is a drift, it is the write that was found.
  package init(_ change: Change) {
    id = change.id
    before = change.intent.before
    after = change.after
    time = change.resultDateTime ?? change.activityDateTime
  }
}
