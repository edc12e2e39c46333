/// A question about things that have fields: a tree of comparisons.
///
/// Every comparison is either true or false: with nothing, `eq null` is true, `ne` a value is true, and every other
/// comparison is false.
package indirect enum Filter<Field: FilterField>: Hashable, Sendable {
  case comparison(Field, Comparison, FilterValue)
  /// Any of these.
  case oneOf(Field, [FilterValue])
  case startsWith(Field, String)
  case contains(Field, String)
  case and(Filter, Filter)
  case or(Filter, Filter)
  case not(Filter)

  package typealias Comparison = FilterComparison

  /// Reads `$filter`.
  package static func parse(_ text: String) throws(FilterError) -> Filter {
    try FilterParser<Field>.parse(text)
  }
}

package enum FilterComparison: String, Sendable, CaseIterable {
  case eq, ne, gt, ge, lt, le
}

/// What a field is compared with.
package enum FilterValue: Hashable, Sendable {
  case text(String)
  case number(Int64)
  case time(Timestamp)
  case flag(Bool)
  case null
}
