extension Filter: CustomStringConvertible {
  /// The filter in OData's syntax, with parentheses around every `and` and `or`.
  package var description: String { text { $0.rawValue } }

  /// Returns the filter in OData's syntax.
  ///
  /// - Parameter name: A function that returns the text for a field.
  private func text(_ name: (Field) -> String) -> String {
    switch self {
    case .comparison(let field, let comparison, let value): "\(name(field)) \(comparison.rawValue) \(value)"
    case .oneOf(let field, let values): "\(name(field)) in (\(values.map(\.description).joined(separator: ", ")))"
    case .startsWith(let field, let prefix): "startswith(\(name(field)),\(FilterValue.text(prefix)))"
    case .contains(let field, let part): "contains(\(name(field)),\(FilterValue.text(part)))"
    case .lowerCase(let inner): inner.text { "tolower(\($0.rawValue))" }
    case .and(let left, let right): "(\(left) and \(right))"
    case .or(let left, let right): "(\(left) or \(right))"
    case .not(let filter): "not \(filter)"
    }
  }
}

extension FilterValue: CustomStringConvertible {
  /// The value in OData's syntax.
  package var description: String {
    switch self {
    case .text(let text): "'\(text.replacing("'", with: "''"))'"
    case .number(let number): String(number)
    case .time(let time): time.description
    case .flag(let flag): String(flag)
    case .null: "null"
    }
  }
}
