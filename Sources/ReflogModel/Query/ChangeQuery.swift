/// A question about history: which changes, and in which order.
package struct ChangeQuery: Hashable, Sendable {
  /// All of them where there is none.
  package let filter: ChangeFilter?
  /// By `id`, which is also the order of `activityDateTime`; newest first unless said otherwise.
  package let isAscending: Bool

  package init(filter: ChangeFilter? = nil, isAscending: Bool = false) {
    self.filter = filter
    self.isAscending = isAscending
  }
}
