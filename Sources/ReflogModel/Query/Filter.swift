/// A condition for the fields of an item.
///
/// A filter is a tree of comparisons. The result of each comparison is true or false. If a field is null, only two
/// comparisons with the field are true: `eq` with null, and `ne` with a value other than null.
package indirect enum Filter<Field: FilterField>: Hashable, Sendable {
  /// The comparison of the field with the value is true.
  case comparison(Field, Comparison, FilterValue)
  /// The field equals one of these values.
  case oneOf(Field, [FilterValue])
  /// The field's text starts with this text.
  case startsWith(Field, String)
  /// The field's text contains this text.
  case contains(Field, String)
  /// The inner condition matches the field's text in lower case.
  ///
  /// The inner condition is one of these: a comparison with `eq` or `ne`, ``oneOf(_:_:)``, ``startsWith(_:_:)`` or
  /// ``contains(_:_:)``.
  case lowerCase(Filter)
  /// Both filters match.
  case and(Filter, Filter)
  /// At least one of the filters matches.
  case or(Filter, Filter)
  /// The inner filter does not match.
  case not(Filter)

  /// The operator of a comparison.
  package typealias Comparison = FilterComparison

  /// The fields that the filter contains.
  package var fields: [Field] {
    switch self {
    case .comparison(let field, _, _), .oneOf(let field, _), .startsWith(let field, _), .contains(let field, _): [field]
    case .and(let left, let right), .or(let left, let right): left.fields + right.fields
    case .not(let filter), .lowerCase(let filter): filter.fields
    }
  }

  /// Reads the text of `$filter`.
  ///
  /// The syntax is defined in OData 4.01 URL Conventions §5.1.1.
  ///
  /// - Throws: ``FilterError`` if the text is not a valid filter, or if the text contains an unknown field.
  package static func parse(_ text: String) throws(FilterError) -> Filter {
    try FilterParser<Field>.parse(text)
  }
}

/// An operator that compares a field with a value.
package enum FilterComparison: String, Sendable, CaseIterable {
  case eq, ne, gt, ge, lt, le
}

/// A value that is compared with a field.
package enum FilterValue: Hashable, Sendable {
  case text(String)
  case number(Int64)
  case time(Timestamp)
  case flag(Bool)
  case null

  /// Whether the value is null.
  package var isNull: Bool { if case .null = self { true } else { false } }

  /// The value, in lower case if the value is a text.
  ///
  /// Unicode's mapping to lower case converts each letter. The language of the text has no effect.
  package var inLowerCase: FilterValue { if case .text(let text) = self { .text(text.lowercased()) } else { self } }

  /// Returns the text as a value, or null if the text is nil.
  package static func optional(_ text: String?) -> FilterValue { text.map(FilterValue.text) ?? .null }
  /// Returns the number as a value, or null if the number is nil.
  package static func optional(_ number: Int64?) -> FilterValue { number.map(FilterValue.number) ?? .null }
  /// Returns the time as a value, or null if the time is nil.
  package static func optional(_ time: Timestamp?) -> FilterValue { time.map(FilterValue.time) ?? .null }
}

/// The error that is thrown if a filter is not valid.
package struct FilterError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The problem, as a clause without a full stop.
  package let problem: String
  /// The position of the first wrong byte, from 0.
  package let position: Int

  /// The problem and its position, as a sentence.
  package var description: String { "Invalid filter clause at position \(position): \(problem)." }
}
