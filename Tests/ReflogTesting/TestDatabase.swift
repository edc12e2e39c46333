package import Foundation
package import ReflogLedger
package import ReflogModel
import ReflogStorage

/// A new, empty database for the ledger of one test.
///
/// The same tests run with each kind of database. So a test reads and edits the tables only with this protocol. The
/// test uses only standard SQL, and the functions that ``edit(_:)`` describes.
package protocol TestDatabase: Sendable {
  /// Opens the ledger as a service does at its start, and closes the ledger after `body`.
  func withStore<Value>(_ body: (any LedgerStore) async throws -> Value) async throws -> Value

  /// Opens the API tokens as another process does.
  func tokens(clock: @escaping WallClock) throws -> TokenStore

  /// Runs queries, and returns the rows as text: one row per line, with `|` between the columns.
  func query(_ sql: String) throws -> String

  /// Edits the tables like an attacker who has read Reflog's source code and has all rights.
  ///
  /// The triggers and the check constraints are switched off during the edit, and restored after the edit. The
  /// statements can use the function `zeroblob(n)`. This function returns `n` zero bytes.
  func edit(_ statements: String) throws

  /// Returns the SQL literal for bytes in hexadecimal.
  func literal(ofHexadecimal bytes: String) -> String

  /// Returns the bytes that the database stores. A text was deleted if these bytes do not contain the text.
  func contents() throws -> Data
}

/// A ledger in a SQLite file.
package struct SQLiteTestDatabase: TestDatabase {
  /// The path of the file.
  package let path: String

  /// Opens the ledger as a service does at its start, and closes the ledger after `body`.
  package func withStore<Value>(_ body: (any LedgerStore) async throws -> Value) async throws -> Value {
    let storage = try Storage(path: path, kind: .ledger)
    let value: Value
    do { value = try await body(SQLiteLedger(storage)) } catch {
      // An error of the close is ignored, so that the caller gets the error of `body`.
      try? storage.close()
      throw error
    }
    try storage.close()
    return value
  }

  /// Opens the API tokens as another process does.
  package func tokens(clock: @escaping WallClock) throws -> TokenStore {
    try TokenStore(besideLedgerAt: path, clock: clock)
  }

  /// Runs queries, and returns the rows as text: one row per line, with `|` between the columns.
  package func query(_ sql: String) throws -> String { try sqlite3(path, sql) }

  /// Edits the tables as an attacker could; see ``TestDatabase/edit(_:)``.
  package func edit(_ statements: String) throws { try editByHand(path, statements) }

  /// Returns the SQL literal for bytes in hexadecimal.
  package func literal(ofHexadecimal bytes: String) -> String { "x'\(bytes)'" }

  /// Returns the bytes of the file.
  package func contents() throws -> Data { try Data(contentsOf: URL(filePath: path)) }
}

/// Calls `body` with a new, empty database.
///
/// The database is a SQLite file. If the environment variable `REFLOG_TEST_POSTGRESQL` contains the URL of a PostgreSQL
/// server, the database is on that server; `Tests/EndToEnd/postgresqlserver.py` starts a server.
package func withDatabase<Value>(_ body: (any TestDatabase) async throws -> Value) async throws -> Value {
  #if PostgreSQL
  if let server = PostgreSQLTestDatabase.server {
    return try await PostgreSQLTestDatabase.withLedgerTables(on: server, body)
  }
  #endif
  return try await withDatabaseFile(body)
}

/// Calls `body` with a new SQLite file, even if other tests use a PostgreSQL server.
package func withDatabaseFile<Value>(_ body: (SQLiteTestDatabase) async throws -> Value) async throws -> Value {
  try await withTemporaryFolder { folder in try await body(SQLiteTestDatabase(path: folder + "/reflog.sqlite")) }
}
