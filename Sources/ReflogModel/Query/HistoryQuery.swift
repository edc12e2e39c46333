/// A query of history: which changes or service events, and in which order.
package struct HistoryQuery<Field: FilterField>: Hashable, Sendable {
  /// The condition, or nil if all items match.
  package let filter: Filter<Field>?
  /// Whether the oldest item is first.
  ///
  /// The order is that of `id`, which is also that of `activityDateTime`.
  package let isAscending: Bool

  /// Creates a query.
  ///
  /// By default all items match, and the newest is first.
  package init(filter: Filter<Field>? = nil, isAscending: Bool = false) {
    self.filter = filter
    self.isAscending = isAscending
  }
}

/// A query of changes.
package typealias ChangeQuery = HistoryQuery<ChangeField>
/// A query of service events.
package typealias EventQuery = HistoryQuery<EventField>

/// A page of changes, newest first.
package struct ChangePage: Sendable {
  /// The changes, newest first.
  package let changes: [Change]
  /// The next page begins below this id; nil if this is the last page.
  package let next: Change.ID?

  /// Creates a page.
  package init(changes: [Change], next: Change.ID?) {
    self.changes = changes
    self.next = next
  }
}
