import ReflogModel
import ReflogStorage

/// The identity rows that match the tests of texts in a filter.
///
/// There are few identity rows, so each test reads all of them. The changes that refer to the rows are then found by
/// their indexes. Without this, each test would be made for each change.
struct IdentityMatches: Sendable {
  private var matches: [ChangeFilter: IdentityMatch] = [:]

  /// Creates the result for a filter without tests of identity rows.
  init() {}

  /// Finds the identity rows for all tests in a filter. If the filter is nil, there are no tests.
  init(_ filter: ChangeFilter?, _ db: any LedgerConnection) throws {
    if let filter { try add(filter, db) }
  }

  /// The rows that match a test, or nil if the text of the test is not in an identity row.
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

/// The identity rows that match a test of a text.
struct IdentityMatch: Sendable {
  /// The SQL expression of the row that a change refers to.
  let column: String
  /// The numbers of the rows that match.
  let rows: [Int64]
  /// Index lookups that together find every change that refers to one of the rows.
  let lookups: [IndexLookup]
}
