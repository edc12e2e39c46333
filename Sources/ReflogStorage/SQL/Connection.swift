import GRDB
import GRDBSQLite

/// A connection to a SQLite file, for one read, one transaction, or the life of the writer thread.
///
/// A statement is prepared once and kept while the file is open, unless `kept` is false. Pass false for SQL with an
/// unlimited number of forms, such as filters.
package final class Connection {
  /// GRDB opens the file and owns the connection.
  let database: Database
  /// The number of statements that were run on this connection.
  package private(set) var statementCount = 0

  /// SQLite's result code of a failed binding since the last statement was run, or nil if none failed.
  private var failedBinding: Int32?

  /// Creates a connection on GRDB's.
  init(_ database: Database) {
    self.database = database
  }

  /// Returns a prepared statement, to keep and to run many times.
  package func prepare(_ sql: String) throws -> Statement {
    do {
      return Statement(try database.makeStatement(sql: sql), of: self)
    } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// Runs a statement that returns no rows.
  package func execute(_ sql: String, _ arguments: SQLArguments = [], kept: Bool = true) throws {
    try statement(sql, arguments, kept).run()
  }

  /// Runs several statements without arguments, separated by semicolons.
  package func executeAll(_ sql: String) throws {
    do { try database.execute(sql: sql) } catch let error as DatabaseError { throw SQLError(error) }
  }

  /// Calls `body` with each row of a result.
  package func forEach(
    _ sql: String,
    _ arguments: SQLArguments = [],
    kept: Bool = true,
    _ body: (Row) throws -> Void
  ) throws {
    try statement(sql, arguments, kept).forEach(body)
  }

  /// Returns the values that `value` makes of all rows of a result.
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

  /// Returns the value that `value` makes of the first row, or nil if there is no row.
  package func first<Value>(
    _ sql: String,
    _ arguments: SQLArguments = [],
    kept: Bool = true,
    _ value: (Row) throws -> Value
  ) throws -> Value? {
    try statement(sql, arguments, kept).first(value)
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

  /// Returns whether the number in the first column of the first row is not 0; false if there is no row.
  package func bool(_ sql: String, _ arguments: SQLArguments = [], kept: Bool = true) throws -> Bool {
    try integer(sql, arguments, kept: kept).map { $0 != 0 } ?? false
  }

  /// The row ID of the row that the newest INSERT made.
  package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(pointer) }

  /// The number of rows that the newest statement changed.
  package var changedRowCount: Int { Int(sqlite3_changes(pointer)) }

  /// The number of rows that were changed since the connection was opened.
  var allChangedRowCount: Int64 { sqlite3_total_changes64(pointer) }

  /// Whether a transaction is open.
  var isInsideTransaction: Bool { sqlite3_get_autocommit(pointer) == 0 }

  /// SQLite's handle of the connection.
  var pointer: OpaquePointer? { database.sqliteConnection }

  /// Counts a statement, or throws if one of its values could not be bound.
  func willRun() throws(SQLError) {
    statementCount += 1
    guard let result = failedBinding else { return }
    failedBinding = nil
    throw SQLError(result, message: "a value can't be bound")
  }

  /// Remembers a failed binding, which makes the next run of a statement throw.
  func noteFailedBinding(_ result: Int32) { failedBinding = result }

  /// Returns a statement with bound arguments.
  private func statement(_ sql: String, _ arguments: SQLArguments, _ kept: Bool) throws -> Statement {
    do {
      var statement = Statement(
        kept ? try database.cachedStatement(sql: sql) : try database.makeStatement(sql: sql),
        of: self
      )
      // A caller is still reading the rows of the kept statement.
      if statement.isBusy { statement = Statement(try database.makeStatement(sql: sql), of: self) }
      try arguments.bind(to: statement)
      return statement
    } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }
}

extension SQLError {
  /// Creates the error from GRDB's.
  init(_ error: DatabaseError) {
    self.init(error.resultCode.rawValue, message: error.message ?? "\(error.resultCode)")
  }
}
