import GRDB
import GRDBSQLite

/// A connection to a SQLite file, for one read, for one transaction, or for as long as the writer thread runs.
///
/// Each SQL text is prepared only once, and the prepared statement is kept while the file is open. Pass false for
/// `kept` if the SQL text can have an unlimited number of forms, for example if it contains a filter.
package final class Connection: LedgerConnection {
  /// The connection of GRDB, which opens and closes the file.
  let database: Database
  /// The number of SQL statements that were run on this connection.
  package private(set) var statementCount = 0

  /// Whether SQLite overwrites the bytes of deleted rows. This mode ends when the next transaction begins.
  var deletesSecurely = false

  /// The result code of the newest binding that failed after the last run of a statement, or nil if no binding failed.
  ///
  /// A binding assigns a value to an argument of a statement.
  private var failedBinding: Int32?

  /// Creates a connection that uses GRDB's connection.
  init(_ database: Database) {
    self.database = database
  }

  /// Returns a prepared statement that the caller can keep and run many times.
  package func prepare(_ sql: String) throws -> Statement {
    do {
      return Statement(try database.makeStatement(sql: sql), of: self)
    } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  package var dialect: any Dialect { SQLiteDialect() }

  /// Runs a statement that returns no rows.
  package func execute(_ sql: String, _ arguments: SQLArguments, kept: Bool) throws {
    try statement(sql, arguments, kept).run()
  }

  /// Calls `body` with each row of a result, until `body` returns false.
  package func read(_ sql: String, _ arguments: SQLArguments, kept: Bool, _ body: (Row) throws -> Bool) throws {
    try statement(sql, arguments, kept).read(body)
  }

  /// Runs several statements without arguments, separated by semicolons.
  package func executeAll(_ sql: String) throws {
    do { try database.execute(sql: sql) } catch let error as DatabaseError { throw SQLError(error) }
  }

  package var changedRowCount: Int { Int(sqlite3_changes(pointer)) }

  package var allChangedRowCount: Int64 { sqlite3_total_changes64(pointer) }

  package var isInsideTransaction: Bool { sqlite3_get_autocommit(pointer) == 0 }

  /// The connection as a pointer for SQLite's C functions.
  var pointer: OpaquePointer? { database.sqliteConnection }

  /// Counts a statement that will run, or throws if a value could not be bound to the statement.
  func willRun() throws(SQLError) {
    statementCount += 1
    guard let result = failedBinding else { return }
    failedBinding = nil
    throw SQLError(result, message: "a value can't be bound")
  }

  /// Stores the result code of a failed binding.
  ///
  /// The next run of a statement then throws.
  func noteFailedBinding(_ result: Int32) { failedBinding = result }

  /// Returns a statement with bound arguments.
  private func statement(_ sql: String, _ arguments: SQLArguments, _ kept: Bool) throws -> Statement {
    do {
      var statement = Statement(
        kept ? try database.cachedStatement(sql: sql) : try database.makeStatement(sql: sql),
        of: self
      )
      // If a caller is still reading the rows of the kept statement, a second statement is prepared for this call.
      if statement.isBusy { statement = Statement(try database.makeStatement(sql: sql), of: self) }
      try arguments.bind(to: statement)
      return statement
    } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }
}

extension SQLError {
  /// Converts an error of GRDB to an ``SQLError``.
  init(_ error: DatabaseError) {
    self.init(error.resultCode.rawValue, message: error.message ?? "\(error.resultCode)")
  }
}
