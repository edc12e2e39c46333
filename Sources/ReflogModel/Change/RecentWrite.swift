/// A recent write that has certainly or possibly reached the directory.
///
/// Until the directory's settle window has passed, a read can show the old reference or the new reference.
package struct RecentWrite: Sendable {
  package let id: Change.ID
  package let before: ConnectorReference
  package let after: ConnectorReference
  /// When the change was settled.
  ///
  /// If the change is pending, the value is the time when the change was recorded.
  package let time: Timestamp

  /// Creates the recent write that belongs to a change.
  ///
  /// If the change is a drift, the write was made without Reflog.
  package init(_ change: Change) {
    id = change.id
    before = change.intent.before
    after = change.after
    time = change.newestDateTime
  }
}
