/// A part of the history: the records that were made at or after one time and before another time.
package struct TimeRange: Sendable {
  /// The first moment of the range, or nil if the range has no start.
  package let since: Timestamp?
  /// The first moment after the range, or nil if the range has no end.
  package let until: Timestamp?

  /// Creates a range.
  package init(since: Timestamp? = nil, until: Timestamp? = nil) {
    (self.since, self.until) = (since, until)
  }

  /// The filter for the changes in the range, or nil if the range has no start and no end.
  package var filter: ChangeFilter? {
    let start = since.map { ChangeFilter.comparison(.plain(.activityDateTime), .ge, .time($0)) }
    let end = until.map { ChangeFilter.comparison(.plain(.activityDateTime), .lt, .time($0)) }
    if let start, let end { return .and(start, end) }
    return start ?? end
  }
}
