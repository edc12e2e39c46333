/// A write that may have reached the directory: until the settle window has passed, a read may show what it replaced, or what it wrote.
package struct RecentWrite: Sendable {
  package let id: Change.ID
  package let before: ConnectorReference
  package let after: ConnectorReference
  /// When it was recorded, or settled.
  package let time: Timestamp

  package init(_ change: Change) {
    id = change.id
    before = change.intent.before
    after = change.after
    time = change.resultDateTime ?? change.activityDateTime
  }
}
