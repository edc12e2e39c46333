extension Filter {
  /// Returns whether an item matches the filter.
  ///
  /// The ledger also creates SQL for the filter. This function and the SQL must return the same result for every item.
  ///
  /// - Parameter value: A function that returns the item's value in a field.
  package func matches(_ value: (Field) -> FilterValue) -> Bool {
    switch self {
    case .comparison(let field, let comparison, let wanted): Self.compare(value(field), comparison, wanted, field)
    case .oneOf(let field, let values): values.contains { Self.compare(value(field), .eq, $0, field) }
    case .startsWith(let field, let prefix):
      Self.text(value(field), field)?.starts(with: Self.folded(prefix, field)) ?? false
    case .contains(let field, let part): Self.text(value(field), field)?.contains(Self.folded(part, field)) ?? false
    case .lowerCase(let inner): inner.matches { value($0).inLowerCase }
    case .and(let left, let right): left.matches(value) && right.matches(value)
    case .or(let left, let right): left.matches(value) || right.matches(value)
    case .not(let filter): !filter.matches(value)
    }
  }

  private static func compare(
    _ found: FilterValue,
    _ comparison: Comparison,
    _ value: FilterValue,
    _ field: Field
  ) -> Bool {
    let order: Int? =
      switch (found, value) {
      case (.null, .null): 0
      case (.number(let left), .number(let right)): left < right ? -1 : left == right ? 0 : 1
      case (.time(let left), .time(let right)): left < right ? -1 : left == right ? 0 : 1
      case (.flag(let left), .flag(let right)): left == right ? 0 : 1
      case (.text(let left), .text(let right)): order(folded(left, field), folded(right, field))
      default: nil
      }
    return switch comparison {
    case .eq: order == 0
    case .ne: order != 0
    case .gt: order.map { $0 > 0 } ?? false
    case .ge: order.map { $0 >= 0 } ?? false
    case .lt: order.map { $0 < 0 } ?? false
    case .le: order.map { $0 <= 0 } ?? false
    }
  }

  private static func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
    left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
  }

  private static func text(_ value: FilterValue, _ field: Field) -> [UInt8]? {
    if case .text(let text) = value { folded(text, field) } else { nil }
  }

  /// Returns the bytes of a text for a comparison.
  ///
  /// If the kind of the field is ``FilterKind/name``, `A` to `Z` become lower case, because such texts are compared
  /// without regard to ASCII case.
  private static func folded(_ text: String, _ field: Field) -> [UInt8] {
    Array((field.kind == .name ? text.asciiFolded : text).utf8)
  }
}

extension [UInt8] {
  fileprivate func contains(_ part: [UInt8]) -> Bool {
    part.isEmpty || (count >= part.count && (0...(count - part.count)).contains { self[$0...].starts(with: part) })
  }
}
