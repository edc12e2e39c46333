/// A query for changes or service events: the filter and the order of the results.
package struct HistoryQuery<Field: FilterField>: Hashable, Sendable {
  /// The filter, or nil if all items match.
  package let filter: Filter<Field>?
  /// Whether the oldest item is first.
  ///
  /// Items are sorted by `id`. The order by `activityDateTime` is the same, because later items have higher ids.
  package let isAscending: Bool
  /// Whether a condition on flows also selects the changes of the connectors that the flows' steps called.
  ///
  /// If the value is true, the conditions on `flowType`, `flowId` and `step` that are joined by `and` select addresses.
  /// A change of a connector then also matches if two conditions are met: one of these addresses called the connector
  /// when the change was made, and the change matches the rest of the filter. Service events have no connectors, so the
  /// value has no effect on service events.
  package let includesImpact: Bool

  /// Creates a query.
  ///
  /// By default all items match, the newest item is first, and a condition on flows selects only the flows' own
  /// changes.
  package init(filter: Filter<Field>? = nil, isAscending: Bool = false, includesImpact: Bool = false) {
    self.filter = filter
    self.isAscending = isAscending
    self.includesImpact = includesImpact
  }
}

/// The changes that a condition on flows selects.
///
/// The raw values are the values of the option `flowScope`.
package enum QueryScope: String, Sendable, CaseIterable {
  /// Only the changes of the flows' steps.
  case steps
  /// The changes of the flows' steps, and the changes of the connectors that these steps called.
  ///
  /// A change of a connector is selected if a step called the connector when the change was made.
  case impact

  /// The name of the option in a URL.
  package static let option = "flowScope"
}

/// A query for changes.
package typealias ChangeQuery = HistoryQuery<ChangeField>
/// A query for service events.
package typealias EventQuery = HistoryQuery<EventField>

/// One page of the results of a query for changes.
package struct ChangePage: Sendable {
  /// The changes, in the order of the query.
  package let changes: [Change]
  /// The id of the change after which the next page begins, or nil if this is the last page.
  ///
  /// In the order of the query, the next page contains only changes that follow the change with this id.
  package let next: Change.ID?
  /// The time of the last change that was compared with the query, or nil if the page is full or the search is
  /// complete.
  ///
  /// If the value is not nil, the time limit ended the search. Later changes, in the order of the query, were not
  /// compared.
  package let searched: Timestamp?

  /// Creates a page.
  package init(changes: [Change], next: Change.ID?, searched: Timestamp? = nil) {
    self.changes = changes
    self.next = next
    self.searched = searched
  }
}
