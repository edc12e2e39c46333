/// A condition on the fields of an item: a tree of comparisons.
///
/// Every comparison is true or false. If a field is null, `eq null` is true, `ne` any other value is true, and every
/// other comparison is false.
package indirect enum Filter<Field: FilterField>: Hashable, Sendable {
  /// The field compares with the value as the operator requires.
  case comparison(Field, Comparison, FilterValue)
  /// The field equals one of these values.
  case oneOf(Field, [FilterValue])
  /// The field's text starts with this text.
  case startsWith(Field, String)
  /// The field's text contains this text.
  case contains(Field, String)
  /// Both filters match.
  case and(Filter, Filter)
  /// At least one of the filters matches.
  case or(Filter, Filter)
  /// The filter does not match.
  case not(Filter)

  /// The operator of a comparison.
  package typealias Comparison = FilterComparison

  /// Reads `$filter`, in the syntax of OData 4.01 URL Conventions §5.1.1.
  ///
  /// - Throws: ``FilterError`` if the text is not a filter of these fields.
  package static func parse(_ text: String) throws(FilterError) -> Filter {
    try FilterParser<Field>.parse(text)
  }
}

/// An operator that compares a field with a value.
package enum FilterComparison: String, Sendable, CaseIterable {
  case eq, ne, gt, ge, lt, le
}

/// A value with which a field is compared.
package enum FilterValue: Hashable, Sendable {
  case text(String)
  case number(Int64)
  case time(Timestamp)
  case flag(Bool)
  case null

  /// Whether the value is null.
  package var isNull: Bool { if case .null = self { true } else { false } }

  /// Returns the text, or null if it is nil.
  package static func optional(_ text: String?) -> FilterValue { text.map(FilterValue.text) ?? .null }
  /// Returns the number, or null if it is nil.
  package static func optional(_ number: Int64?) -> FilterValue { number.map(FilterValue.number) ?? .null }
  /// Returns the time, or null if it is nil.
  package static func optional(_ time: Timestamp?) -> FilterValue { time.map(FilterValue.time) ?? .null }
}

/// Why a filter is not valid, and the position of the mistake.
package struct FilterError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as a clause without a full stop.
  package let problem: String
  /// The position of the first wrong byte, from 0.
  package let position: Int

  /// The problem and its position, as a sentence.
  package var description: String { "Invalid filter clause at position \(position): \(problem)." }
}
