import ReflogModel
import ReflogStorage

/// A filter as an SQL condition, together with the values of the condition's arguments.
///
/// The condition can follow ``ChangeRows/select``.
struct FilterSQL: Sendable {
  /// The SQL condition that every change fulfils.
  static let everything = "true"

  private(set) var condition = Self.everything
  private(set) var arguments: [String: SQLValue] = [:]
  private let dialect: any Dialect
  private let identities: IdentityMatches
  /// The beginning of each argument's name.
  ///
  /// If one SQL text contains two conditions, their arguments need different names.
  private let prefix: String

  /// Translates a filter to SQL, or creates the condition that selects all changes if the filter is nil.
  ///
  /// - Parameters:
  ///   - filter: The filter.
  ///   - identities: The rows of ids and names that match the filter's conditions on texts.
  ///   - dialect: The SQL of the database.
  ///   - prefix: The first part of the names of the arguments.
  init(
    _ filter: ChangeFilter?,
    _ identities: IdentityMatches,
    _ dialect: any Dialect,
    binding prefix: String = "filter"
  ) {
    (self.dialect, self.identities, self.prefix) = (dialect, identities, prefix)
    if let filter { condition = translate(filter) }
  }

  /// Returns the SQL condition for a filter.
  private mutating func translate(_ filter: ChangeFilter) -> String {
    switch filter {
    case .comparison(let field, let comparison, let value): compare(field, comparison, value)
    case .oneOf(let field, let values): "(" + values.map { compare(field, .eq, $0) }.joined(separator: " OR ") + ")"
    case .startsWith, .contains, .lowerCase: text(filter)
    // All terms are in one pair of parentheses, because SQLite's parser limits the depth of nested parentheses.
    case .and: "(" + filter.conjuncts.map { translate($0) }.joined(separator: " AND ") + ")"
    case .or: "(" + filter.disjuncts.map { translate($0) }.joined(separator: " OR ") + ")"
    case .not(let inner): "NOT \(translate(inner))"
    }
  }

  /// Returns the SQL condition for a comparison in the filter.
  ///
  /// If a value is NULL, an SQL comparison returns NULL, and `coalesce` converts the NULL to false. `IS DISTINCT FROM`
  /// never returns NULL, so it needs no `coalesce`.
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

  /// Returns the SQL condition for a filter that compares a text, searches in it, or checks how it begins.
  ///
  /// Ids and names are stored in separate rows. For an id or a name, the condition contains the numbers of the rows
  /// that match.
  private mutating func text(_ filter: ChangeFilter) -> String {
    switch filter {
    case .lowerCase(.comparison(let field, let comparison, .null)): return compare(field, comparison, .null)
    case .lowerCase(.comparison(let field, .ne, let value)):
      return "NOT \(text(.lowerCase(.comparison(field, .eq, value))))"
    case .lowerCase(.oneOf(let field, let values)):
      let conditions = values.map { text(.lowerCase(.comparison(field, .eq, $0))) }
      return "(\(conditions.joined(separator: " OR ")))"
    default: break
    }
    if let match = identities[filter] {
      return "coalesce(\(match.column) IN (\(dialect.numbers(inArray: bind(match.rows.list)))), FALSE)"
    }
    // The parser of filters uses `tolower` only in the conditions above and in those that `TextTest.of` accepts. So
    // this guard never returns `FALSE`.
    guard let (field, test) = TextTest.of(filter) else { return "FALSE" }
    return test.sql(field.column(dialect), dialect) { bind($0) }
  }

  /// Adds a value to the arguments, and returns the placeholder for the value in the SQL text.
  private mutating func bind(_ value: some SQLConvertible) -> String {
    let name = "\(prefix)\(arguments.count)"
    arguments[name] = value.sqlValue
    return ":" + name
  }
}
