package import ReflogLedger
import ReflogStorage

#if PostgreSQL
import Foundation
package import ReflogPostgreSQL
#endif

/// A new, empty database for the ledger of one test.
///
/// The database is a SQLite file. If the environment variable `REFLOG_TEST_POSTGRESQL` contains the URL of a PostgreSQL
/// server, the same tests run in databases of that server. `Tests/EndToEnd/postgresqlserver.py` starts a server.
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

  /// Creates a PostgreSQL database if `REFLOG_TEST_POSTGRESQL` is set, or a SQLite file otherwise.
  package static func open(in folder: String) async throws -> TestDatabase {
    #if PostgreSQL
    if let server = PostgreSQLTestDatabase.server { return try await openDatabase(of: server, in: folder) }
    #endif
    return try await openFile(in: folder)
  }

  #if PostgreSQL
  /// Limits how many ledgers are open on the server, because each ledger opens about ten connections.
  ///
  /// Swift Testing starts all tests of a run at the same time.
  private static let turns = Turns(maximumCount: 8)

  /// Creates a database of a PostgreSQL server, and opens its ledger with the role of the service.
  ///
  /// The database is a copy of the server's database with the tables of an empty ledger.
  private static func openDatabase(of server: String, in folder: String) async throws -> TestDatabase {
    await turns.begin()
    do {
      let database = try PostgreSQLTestDatabase(of: server, copying: "reflog_template")
      let ledger = try PostgreSQLLedger(at: database.service, acceptsNoStandby: true)
      return TestDatabase(
        store: ledger,
        path: folder + "/reflog",
        close: {
          defer { turns.end() }
          ledger.close()
          try database.drop()
        }
      )
    } catch {
      turns.end()
      throw error
    }
  }
  #endif
}

#if PostgreSQL
/// A new database on a PostgreSQL server.
package struct PostgreSQLTestDatabase: Sendable {
  /// The address for the role that owns the database.
  package let owner: PostgreSQLAddress
  /// The address for the role of the service.
  package let service: PostgreSQLAddress
  private let server: String
  private let name: String

  /// The URL of the server for the tests, or nil if the tests use no server.
  package static let server = ProcessInfo.processInfo.environment["REFLOG_TEST_POSTGRESQL"]
  /// The URL of the same server through pgbouncer, or nil if the ledgers of the tests connect without pgbouncer.
  private static let pooler = ProcessInfo.processInfo.environment["REFLOG_TEST_PGBOUNCER"]

  /// Creates a database.
  ///
  /// - Parameters:
  ///   - server: The URL of the server's database `postgres`, for the superuser.
  ///   - template: The name of the database to copy; by default, the new database has no tables.
  package init(of server: String, copying template: String = "template1") throws {
    let name = "reflog_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
    func address(_ role: String) throws -> PostgreSQLAddress {
      let url = (Self.pooler ?? server)
        .replacing("//postgres@/postgres", with: "//\(role)@/\(name)", maxReplacements: 1)
      guard let address = PostgreSQLAddress(url) else {
        throw StorageError.unusable(path: "REFLOG_TEST_POSTGRESQL", problem: "it is not a URL")
      }
      return address
    }
    (owner, service) = (try address("reflog_owner"), try address("reflog_service"))
    (self.server, self.name) = (server, name)
    try PostgreSQLConnection(server).execute("CREATE DATABASE \(name) TEMPLATE \(template) OWNER reflog_owner")
  }

  /// Connects to the database with the role that owns it, without pgbouncer.
  package func connect() throws -> PostgreSQLConnection {
    try PostgreSQLConnection(server.replacing("//postgres@/postgres", with: "//reflog_owner@/\(name)"))
  }

  /// Deletes the database, also if programs are connected to it.
  package func drop() throws {
    try PostgreSQLConnection(server).execute("DROP DATABASE \(name) WITH (FORCE)")
  }
}
#endif
