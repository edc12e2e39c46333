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

  package var isNull: Bool { if case .null = self { true } else { false } }

  /// The text, or null if there is none.
  package static func optional(_ text: String?) -> FilterValue { text.map(FilterValue.text) ?? .null }
  /// The number, or null if there is none.
  package static func optional(_ number: Int64?) -> FilterValue { number.map(FilterValue.number) ?? .null }
  /// The time, or null if there is none.
  package static func optional(_ time: Timestamp?) -> FilterValue { time.map(FilterValue.time) ?? .null }
}

/// Why a filter can't be understood, and where: the position of the first wrong byte, from 0.
package struct FilterError: Error, Hashable, Sendable, CustomStringConvertible {
  package let problem: String
  package let position: Int

  package var description: String { "Invalid filter clause at position \(position): \(problem)" }
}
