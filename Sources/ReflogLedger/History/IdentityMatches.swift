import ReflogModel
import ReflogStorage

/// The rows of ids and names that match the conditions on texts in a filter.
///
/// There are few rows of ids and names, so each condition is checked for each of these rows. An index then finds the
/// changes that refer to a matching row. Without these rows, each condition would be checked for each change.
struct IdentityMatches: Sendable {
  private var matches: [ChangeFilter: IdentityMatch] = [:]

  /// Creates an empty result, for a filter without conditions on ids and names.
  init() {}

  /// Finds the rows for all conditions on ids and names in a filter; if the filter is nil, the result is empty.
  init(_ filter: ChangeFilter?, _ db: any LedgerConnection) throws {
    if let filter { try add(filter, db) }
  }

  /// The rows that match a condition of the filter, or nil if the condition is not about an id or a name.
  subscript(test: ChangeFilter) -> IdentityMatch? { matches[test] }

  private mutating func add(_ filter: ChangeFilter, _ db: any LedgerConnection) throws {
    switch filter {
    case .and(let left, let right), .or(let left, let right):
      try add(left, db)
      try add(right, db)
    case .not(let inner): try add(inner, db)
    case .lowerCase(.oneOf(let field, let values)):
      for value in values { try add(.lowerCase(.comparison(field, .eq, value)), db) }
    case .lowerCase(.comparison(let field, .ne, let value)):
      try add(.lowerCase(.comparison(field, .eq, value)), db)
    case .startsWith, .contains, .lowerCase:
      guard matches[filter] == nil, let (field, test) = TextTest.of(filter), let column = IdentityColumn(field) else {
        return
      }
      matches[filter] = try column.match(test, db)
    case .comparison, .oneOf: return
    }
  }
}

/// The rows of ids and names that match one condition of a filter.
struct IdentityMatch: Sendable {
  /// The SQL expression of the row number that a change contains for an id or a name, such as `change.before_name`.
  let column: String
  /// The numbers of the rows that match.
  let rows: [Int64]
  /// Index lookups that together find every change that refers to one of the rows.
  let lookups: [IndexLookup]
}
