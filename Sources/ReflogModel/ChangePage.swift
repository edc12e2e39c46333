/// A page of history, newest first.
package struct ChangePage: Sendable {
  package let changes: [Change]
  /// The next page begins below this id; nothing where this is the last one.
  package let next: Change.ID?

  package init(changes: [Change], next: Change.ID?) {
    self.changes = changes
    self.next = next
  }
}
