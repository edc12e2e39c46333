extension Filter: CustomStringConvertible {
  /// The filter in OData's syntax, with parentheses around every `and` and `or`.
  package var description: String {
    switch self {
    case .comparison(let field, let comparison, let value): "\(field.rawValue) \(comparison.rawValue) \(value)"
    case .oneOf(let field, let values): "\(field.rawValue) in (\(values.map(\.description).joined(separator: ", ")))"
    case .startsWith(let field, let prefix): "startswith(\(field.rawValue),\(FilterValue.text(prefix)))"
    case .contains(let field, let part): "contains(\(field.rawValue),\(FilterValue.text(part)))"
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
