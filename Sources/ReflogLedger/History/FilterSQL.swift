import ReflogModel
import ReflogStorage

/// A filter for changes as an SQL condition that can follow ``ChangeRows/select``, with the values to bind.
struct FilterSQL: Sendable {
  /// The condition that all changes fulfil.
  static let everything = "true"

  private(set) var condition = Self.everything
  private(set) var arguments: [String: SQLValue] = [:]
  private let dialect: any Dialect
  /// The start of the name of each argument. Two conditions in one SQL text need different names.
  private let prefix: String

  /// Translates a filter to SQL, or creates the condition that selects all changes if the filter is nil.
  init(_ filter: ChangeFilter?, _ dialect: any Dialect, naming prefix: String = "filter") {
    self.dialect = dialect
    self.prefix = prefix
    if let filter { condition = translate(filter) }
  }

  /// Returns the condition of a filter.
  private mutating func translate(_ filter: ChangeFilter) -> String {
    switch filter {
    case .comparison(let field, let comparison, let value): compare(field, comparison, value)
    case .oneOf(let field, let values): "(" + values.map { compare(field, .eq, $0) }.joined(separator: " OR ") + ")"
    case .startsWith(let field, let prefix): startsWith(field, Self.folded(prefix, field))
    case .contains(let field, let part): contains(field, Self.folded(part, field))
    case .and(let left, let right): "(\(translate(left)) AND \(translate(right)))"
    case .or(let left, let right): "(\(translate(left)) OR \(translate(right)))"
    case .not(let inner): "NOT \(translate(inner))"
    }
  }

  /// Returns the condition of a comparison.
  ///
  /// If a value is NULL, `IS DISTINCT FROM` returns true or false. The other SQL comparisons return NULL, so `coalesce`
  /// converts the NULL to false.
  private mutating func compare(_ field: ChangeField, _ comparison: FilterComparison, _ value: FilterValue) -> String {
    let expression = field.expression(dialect)
    let bound =
      switch value {
      case .null: "NULL"
      case .text(let text): field.kind == .name ? dialect.ignoringCase(bind(text)) : bind(text)
      case .number(let number): bind(number)
      case .time(let time): bind(time.microseconds)
      case .flag(let flag): bind(flag)
      }
    return switch comparison {
    case .eq: "(\(expression) IS NOT DISTINCT FROM \(bound))"
    case .ne: "(\(expression) IS DISTINCT FROM \(bound))"
    case .gt: "coalesce(\(expression) > \(bound), FALSE)"
    case .ge: "coalesce(\(expression) >= \(bound), FALSE)"
    case .lt: "coalesce(\(expression) < \(bound), FALSE)"
    case .le: "coalesce(\(expression) <= \(bound), FALSE)"
    }
  }

  /// Returns the condition that a text starts with a prefix, compared byte by byte.
  ///
  /// The empty prefix is a separate case. Every text starts with the empty prefix, but in SQL, `substr` returns NULL
  /// for an empty text.
  private mutating func startsWith(_ field: ChangeField, _ prefix: [UInt8]) -> String {
    prefix.isEmpty
      ? "(\(field.expression(dialect)) IS NOT NULL)"
      : "coalesce(substr(\(field.bytes(dialect)), 1, \(prefix.count)) = \(bind(prefix)), FALSE)"
  }

  /// Returns the condition that a text contains another text, compared byte by byte.
  private mutating func contains(_ field: ChangeField, _ part: [UInt8]) -> String {
    part.isEmpty
      ? "(\(field.expression(dialect)) IS NOT NULL)"
      : "coalesce(\(dialect.position(of: bind(part), in: field.bytes(dialect))) > 0, FALSE)"
  }

  /// Adds a value to the arguments, and returns the placeholder for the value in the SQL text.
  private mutating func bind(_ value: some SQLConvertible) -> String {
    let name = "\(prefix)\(arguments.count)"
    arguments[name] = value.sqlValue
    return ":" + name
  }

  /// Returns the bytes of a text, in lower case if the field ignores case.
  private static func folded(_ text: String, _ field: ChangeField) -> [UInt8] {
    Array((field.kind == .name ? text.asciiFolded : text).utf8)
  }
}
