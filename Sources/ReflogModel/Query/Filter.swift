/// A question about changes: a tree of comparisons.
///
/// Every comparison is either true or false: with nothing, `eq null` is true, `ne` a value is true, and every other
/// comparison is false.
package indirect enum Filter: Hashable, Sendable {
  case comparison(FilterField, Comparison, FilterValue)
  /// Any of these.
  case oneOf(FilterField, [FilterValue])
  case startsWith(FilterField, String)
  case contains(FilterField, String)
  case and(Filter, Filter)
  case or(Filter, Filter)
  case not(Filter)

  package enum Comparison: String, Sendable, CaseIterable {
    case eq, ne, gt, ge, lt, le
  }
}

/// What a field is compared with.
package enum FilterValue: Hashable, Sendable {
  case text(String)
  case number(Int64)
  case time(Timestamp)
  case null
}
