#if PostgreSQL
import Foundation
import ReflogPostgreSQL
import ReflogStorage
import Testing

/// The server for the tests.
enum TestServer {
  /// The address of the server. The value is nil if the variable `REFLOG_TEST_POSTGRESQL` is not set.
  static let address = ProcessInfo.processInfo.environment["REFLOG_TEST_POSTGRESQL"]

  /// The address of a server whose commits wait for a standby server that does not exist.
  ///
  /// The value is nil if the variable `REFLOG_TEST_POSTGRESQL_WAITING` is not set.
  static let waitingAddress = ProcessInfo.processInfo.environment["REFLOG_TEST_POSTGRESQL_WAITING"]

  /// Connects to the server.
  static func connect() throws -> PostgreSQLConnection {
    try PostgreSQLConnection(try #require(address), timeout: .seconds(20))
  }

  /// Calls `body` with the address of a new schema, and deletes the schema.
  static func withSchema<Value>(_ body: (String, PostgreSQLConnection) async throws -> Value) async throws -> Value {
    let name = "test_" + UUID().uuidString.lowercased().replacing("-", with: "")
    let address = try #require(address)
    let separator = address.contains("?") ? "&" : "?"
    let connection = try connect()
    try connection.execute("CREATE SCHEMA \(name)")
    try connection.execute("SET search_path = \(name)")
    do {
      let value = try await body(address + separator + "options=-csearch_path%3D\(name)", connection)
      try connection.execute("DROP SCHEMA \(name) CASCADE")
      return value
    } catch {
      if !connection.isLost {
        _ = try? connection.execute("ROLLBACK")
        _ = try? connection.execute("DROP SCHEMA IF EXISTS \(name) CASCADE")
      }
      throw error
    }
  }
}

extension Trait where Self == ConditionTrait {
  /// Runs a test only if a server is available.
  static var needsServer: Self { .enabled(if: TestServer.address != nil, "REFLOG_TEST_POSTGRESQL is not set") }
}

/// A copy of a value in a row. The copy can be used after the next row was read.
enum StoredValue: Hashable {
  case null
  case integer(Int64)
  case text(String)
  case blob([UInt8])

  /// Reads a column.
  init(_ row: Row, _ column: Int = 0) throws {
    if row.isNull(column) {
      self = .null
    } else if row.isText(column) {
      self = .text(try row.text(column))
    } else if let number = try? row.integer(column) {
      self = .integer(number)
    } else {
      self = .blob(Array(try row.blob(column)))
    }
  }
}
#endif
