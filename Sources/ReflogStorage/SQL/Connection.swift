import GRDB
import GRDBSQLite

/// One connection to a SQLite file, for a read, for a transaction, or for as long as a thread writes with it.
///
/// Statements are prepared once and kept as long as the file is open, unless `kept` is false: give that for SQL that is put together
/// of parts without end, such as filters.
package final class Connection {
  /// GRDB opens the file and owns the connection.
  let database: Database
  /// How many statements were run with this.
  package private(set) var statementCount = 0

  /// SQLite's code where a value could not be bound since the last statement was run.
  private var failedBinding: Int32?

  init(_ database: Database) {
    self.database = database
  }

  /// A statement to keep and run many times.
  package func prepare(_ sql: String) throws -> Statement {
    do {
      return Statement(try database.makeStatement(sql: sql), of: self)
    } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// Runs a statement that gives no rows.
  package func execute(_ sql: String, _ arguments: SQLArguments = [], kept: Bool = true) throws {
    try statement(sql, arguments, kept).run()
  }

  /// Runs several statements without arguments, with semicolons between them.
  package func executeAll(_ sql: String) throws {
    do { try database.execute(sql: sql) } catch let error as DatabaseError { throw SQLError(error) }
  }

  /// Hands out each row of a result.
  package func forEach(
    _ sql: String,
    _ arguments: SQLArguments = [],
    kept: Bool = true,
    _ body: (Row) throws -> Void
  ) throws {
    try statement(sql, arguments, kept).forEach(body)
  }

  /// The values of all rows of a result.
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

  /// The value of the first row of a result, or nil where there is no row.
  package func first<Value>(
    _ sql: String,
    _ arguments: SQLArguments = [],
    kept: Bool = true,
    _ value: (Row) throws -> Value
  ) throws -> Value? {
    try statement(sql, arguments, kept).first(value)
  }

  /// The numbers in the first column of all rows.
  package func integers(_ sql: String, _ arguments: SQLArguments = [], kept: Bool = true) throws -> [Int64] {
    try rows(sql, arguments, kept: kept) { try $0.integer(0) }
  }

  /// The number in the first column of the first row, or nil where there is no row or that column is NULL.
  package func integer(_ sql: String, _ arguments: SQLArguments = [], kept: Bool = true) throws -> Int64? {
    try first(sql, arguments, kept: kept) { try $0.optionalInteger(0) } ?? nil
  }

  /// The text in the first column of the first row, or nil where there is no row or that column is NULL.
  package func text(_ sql: String, _ arguments: SQLArguments = [], kept: Bool = true) throws -> String? {
    try first(sql, arguments, kept: kept) { try $0.optionalText(0) } ?? nil
  }

  /// Whether the number in the first column of the first row is not 0; false where there is no row.
  package func bool(_ sql: String, _ arguments: SQLArguments = [], kept: Bool = true) throws -> Bool {
    try integer(sql, arguments, kept: kept).map { $0 != 0 } ?? false
  }

  /// The row that the newest INSERT made.
  package var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(pointer) }

  /// How many rows the newest statement changed.
  package var changedRowCount: Int { Int(sqlite3_changes(pointer)) }

  /// How many rows were changed since the connection was opened.
  var allChangedRowCount: Int64 { sqlite3_total_changes64(pointer) }

  var isInsideTransaction: Bool { sqlite3_get_autocommit(pointer) == 0 }

  var pointer: OpaquePointer? { database.sqliteConnection }

  /// Counts a statement. Throws where a value could not be bound for it.
  func willRun() throws(SQLError) {
    statementCount += 1
    guard let result = failedBinding else { return }
    failedBinding = nil
    throw SQLError(result, message: "a value can't be bound")
  }

  func noteFailedBinding(_ result: Int32) { failedBinding = result }

  private func statement(_ sql: String, _ arguments: SQLArguments, _ kept: Bool) throws -> Statement {
    do {
      var statement = Statement(
        kept ? try database.cachedStatement(sql: sql) : try database.makeStatement(sql: sql),
        of: self
      )
      // Its rows are being read further out.
      if statement.isBusy { statement = Statement(try database.makeStatement(sql: sql), of: self) }
      try arguments.bind(to: statement)
      return statement
    } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }
}

extension SQLError {
  init(_ error: DatabaseError) {
    self.init(error.resultCode.rawValue, message: error.message ?? "\(error.resultCode)")
  }
}
