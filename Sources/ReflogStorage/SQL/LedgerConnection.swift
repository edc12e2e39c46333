/// A connection to the database of a ledger, for one read, for one transaction, or for as long as the writer runs.
///
/// A call blocks the calling thread until the result is available, so use a connection only on a thread that may block.
/// The SQL texts are the same for all databases, except for the parts that ``Dialect`` returns. An SQL text contains
/// placeholders `?`, `?1` or `:name`.
package protocol LedgerConnection: AnyObject {
  /// The parts of SQL that differ between the databases.
  var dialect: any Dialect { get }
  /// The number of rows that the last SQL statement changed.
  var changedRowCount: Int { get }

  /// Runs a statement that returns no rows.
  ///
  /// - Parameters:
  ///   - sql: The SQL text.
  ///   - arguments: The values of the placeholders.
  ///   - kept: Whether the database may keep the prepared statement for the next call. Pass false if the SQL text can
  ///     have an unlimited number of forms, for example if it contains a filter.
  func execute(_ sql: String, _ arguments: SQLArguments, kept: Bool) throws

  /// Calls `body` with each row of a result, until `body` returns false.
  ///
  /// - Parameters:
  ///   - sql: The SQL text.
  ///   - arguments: The values of the placeholders.
  ///   - kept: Whether the database may keep the prepared statement for the next call.
  ///   - body: Reads a row, and returns whether the next row is needed.
  func read(_ sql: String, _ arguments: SQLArguments, kept: Bool, _ body: (Row) throws -> Bool) throws
}

extension LedgerConnection {
  /// Runs a statement that returns no rows, and keeps the prepared statement for the next call.
  package func execute(_ sql: String, _ arguments: SQLArguments = []) throws {
    try execute(sql, arguments, kept: true)
  }

  /// Calls `body` with each row of a result.
  package func forEach(
    _ sql: String,
    _ arguments: SQLArguments = [],
    kept: Bool = true,
    _ body: (Row) throws -> Void
  ) throws {
    try read(sql, arguments, kept: kept) { row in
      try body(row)
      return true
    }
  }

  /// Calls `value` with each row of a result, and returns an array of the values that the calls returned.
  package func rows<Value>(
    _ sql: String,
    _ arguments: SQLArguments = [],
    kept: Bool = true,
    _ value: (Row) throws -> Value
  ) throws -> [Value] {
    var values: [Value] = []
    try forEach(sql, arguments, kept: kept) { values.append(try value($0)) }
    return values
  }

  /// Calls `value` with the first row of a result and returns the value, or returns nil if there is no row.
  package func first<Value>(
    _ sql: String,
    _ arguments: SQLArguments = [],
    kept: Bool = true,
    _ value: (Row) throws -> Value
  ) throws -> Value? {
    var found: Value?
    try read(sql, arguments, kept: kept) { row in
      found = try value(row)
      return false
    }
    return found
  }

  /// Returns the numbers in the first column of all rows.
  package func integers(_ sql: String, _ arguments: SQLArguments = [], kept: Bool = true) throws -> [Int64] {
    try rows(sql, arguments, kept: kept) { try $0.integer(0) }
  }

  /// Returns the number in the first column of the first row, or nil if there is no row or the column is NULL.
  package func integer(_ sql: String, _ arguments: SQLArguments = [], kept: Bool = true) throws -> Int64? {
    try first(sql, arguments, kept: kept) { try $0.optionalInteger(0) } ?? nil
  }

  /// Returns the text in the first column of the first row, or nil if there is no row or the column is NULL.
  package func text(_ sql: String, _ arguments: SQLArguments = [], kept: Bool = true) throws -> String? {
    try first(sql, arguments, kept: kept) { try $0.optionalText(0) } ?? nil
  }

  /// Returns whether the number in the first column of the first row is not 0; the result is false if there is no row.
  package func bool(_ sql: String, _ arguments: SQLArguments = []) throws -> Bool {
    try integer(sql, arguments).map { $0 != 0 } ?? false
  }
}
