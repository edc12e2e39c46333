/// A query for changes or service events: the condition and the order.
package struct HistoryQuery<Field: FilterField>: Hashable, Sendable {
  /// The condition, or nil if all items match.
  package let filter: Filter<Field>?
  /// Whether the oldest item is first.
  ///
  /// Items are sorted by `id`. An order by `activityDateTime` would be the same, because later items have higher ids.
  package let isAscending: Bool

  /// Creates a query.
  ///
  /// By default all items match, and the newest item is first.
  package init(filter: Filter<Field>? = nil, isAscending: Bool = false) {
    self.filter = filter
    self.isAscending = isAscending
  }
}

/// A query for changes.
package typealias ChangeQuery = HistoryQuery<ChangeField>
/// A query for service events.
package typealias EventQuery = HistoryQuery<EventField>

/// One page of the results of a query for changes.
package struct ChangePage: Sendable {
  /// The changes, in the order of the query.
  package let changes: [Change]
  /// The id where the next page begins, or nil if this is the last page.
  ///
  /// The next page contains only changes after this id, in the order of the query.
  package let next: Change.ID?

  /// Creates a page.
  package init(changes: [Change], next: Change.ID?) {
    self.changes = changes
    self.next = next
  }
}
