/// A question about history: which changes, or which service events, and in which order.
package struct HistoryQuery<Field: FilterField>: Hashable, Sendable {
  /// All of them where there is none.
  package let filter: Filter<Field>?
  /// By `id`, which is also the order of `activityDateTime`; newest first unless said otherwise.
  package let isAscending: Bool

  package init(filter: Filter<Field>? = nil, isAscending: Bool = false) {
    self.filter = filter
    self.isAscending = isAscending
  }
}

/// A question about changes.
package typealias ChangeQuery = HistoryQuery<ChangeField>
/// A question about service events.
package typealias EventQuery = HistoryQuery<EventField>

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
