package import ReflogLedger
import ReflogStorage

#if PostgreSQL
import Foundation
import ReflogPostgreSQL
#endif

/// A new, empty database for the ledger of one test.
///
/// The database is a SQLite file. If the environment variable `REFLOG_TEST_POSTGRESQL` contains the URL of a PostgreSQL
/// server, the same tests run in databases of that server.
package struct TestDatabase: Sendable {
  package let store: any LedgerStore
  /// The path of the file, or an unused path in the folder of the test.
  package let path: String
  /// Closes the database, and deletes it from its server.
  package let close: @Sendable () async throws -> Void

  /// Creates a SQLite file in a folder.
  package static func openFile(in folder: String) async throws -> TestDatabase {
    let path = folder + "/reflog.sqlite"
    let storage = try Storage(path: path, kind: .ledger)
    return TestDatabase(store: SQLiteLedger(storage), path: path, close: { try storage.close() })
  }

  /// Creates a database of the kind that the tests use.
  package static func open(in folder: String) async throws -> TestDatabase {
    #if PostgreSQL
    if let server = ProcessInfo.processInfo.environment["REFLOG_TEST_POSTGRESQL"] {
      return try await openDatabase(of: server, in: folder)
    }
    #endif
    return try await openFile(in: folder)
  }

  #if PostgreSQL
  /// Creates a database of a PostgreSQL server.
  ///
  /// The owner of the database creates the tables. The ledger is opened with the role of the service.
  private static func openDatabase(of server: String, in folder: String) async throws -> TestDatabase {
    let name = "reflog_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
    func url(_ role: String, _ database: String) -> String {
      server.replacing("//postgres@/postgres", with: "//\(role)@/\(database)", maxReplacements: 1)
    }
    let administrator = try PostgreSQLConnection(server)
    try administrator.execute("CREATE DATABASE \(name) OWNER reflog_owner")
    guard let owner = PostgreSQLAddress(url("reflog_owner", name)),
      let service = PostgreSQLAddress(url("reflog_service", name))
    else { throw StorageError.unusable(path: "REFLOG_TEST_POSTGRESQL", problem: "it is not a URL") }
    try PostgreSQLLedger(at: owner, acceptsNoStandby: true).close()
    let ledger = try PostgreSQLLedger(at: service, acceptsNoStandby: true)
    return TestDatabase(
      store: ledger,
      path: folder + "/reflog",
      close: {
        ledger.close()
        try PostgreSQLConnection(server).execute("DROP DATABASE \(name) WITH (FORCE)")
      }
    )
  }
  #endif
}
