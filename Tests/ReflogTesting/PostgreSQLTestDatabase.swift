#if PostgreSQL
package import Foundation
package import ReflogLedger
package import ReflogModel
package import ReflogPostgreSQL
import ReflogStorage

/// A new database on a PostgreSQL server.
///
/// If `REFLOG_TEST_PGBOUNCER` contains the URL of a pgbouncer, Reflog connects through pgbouncer. The tests connect
/// directly to the server.
package struct PostgreSQLTestDatabase: TestDatabase {
  /// The address for the role that owns the database.
  package let owner: PostgreSQLAddress
  /// The address for the role of the service.
  package let service: PostgreSQLAddress
  private let server: String
  private let name: String

  /// The URL of the PostgreSQL server. The value is nil if the tests use no PostgreSQL server.
  package static let server = ProcessInfo.processInfo.environment["REFLOG_TEST_POSTGRESQL"]
  /// The URL with which Reflog reaches the server through pgbouncer, or nil if Reflog connects without pgbouncer.
  private static let pooler = ProcessInfo.processInfo.environment["REFLOG_TEST_PGBOUNCER"]

  /// Creates a database.
  ///
  /// - Parameters:
  ///   - server: The URL of the server's database `postgres`, for the superuser.
  ///   - template: The name of the database to copy; by default, the new database has no tables.
  package init(of server: String, copying template: String = "template1") throws {
    let name = "reflog_\(UUID().uuidString.lowercased().replacing("-", with: ""))"
    func address(_ role: String) throws -> PostgreSQLAddress {
      guard let address = PostgreSQLAddress(Self.url(Self.pooler ?? server, role: role, database: name)) else {
        throw StorageError.unusable(path: "REFLOG_TEST_POSTGRESQL", problem: "it is not a URL")
      }
      return address
    }
    (owner, service) = (try address("reflog_owner"), try address("reflog_service"))
    (self.server, self.name) = (server, name)
    try PostgreSQLConnection(server).execute("CREATE DATABASE \(name) TEMPLATE \(template) OWNER reflog_owner")
  }

  /// Calls `body` with a new database that has the tables of an empty ledger.
  static func withLedgerTables<Value>(
    on server: String,
    _ body: (any TestDatabase) async throws -> Value
  ) async throws -> Value {
    try await ConcurrencyLimit.ofTests.run {
      let database = try PostgreSQLTestDatabase(of: server, copying: "reflog_template")
      let value: Value
      do { value = try await body(database) } catch {
        // An error of the deletion is ignored, so that the caller gets the error that was thrown before.
        try? database.drop()
        throw error
      }
      try database.drop()
      return value
    }
  }

  private static func url(_ server: String, role: String, database: String) -> String {
    server.replacing("//postgres@/postgres", with: "//\(role)@/\(database)", maxReplacements: 1)
  }

  /// Connects to the database with the role that owns the database.
  package func connect() throws -> PostgreSQLConnection {
    try PostgreSQLConnection(Self.url(server, role: "reflog_owner", database: name))
  }

  /// Deletes the database, even if programs are connected to the database.
  package func drop() throws {
    try PostgreSQLConnection(server).execute("DROP DATABASE \(name) WITH (FORCE)")
  }

  /// Opens the ledger as a service does at its start, and closes the ledger after `body`.
  package func withStore<Value>(_ body: (any LedgerStore) async throws -> Value) async throws -> Value {
    let ledger = try PostgreSQLLedger(at: service, acceptsNoStandby: true)
    defer { ledger.close() }
    return try await body(ledger)
  }

  /// Opens the API tokens as another process does.
  package func tokens(clock: @escaping WallClock) throws -> TokenStore {
    TokenStore(try PostgreSQLLedger.tokens(at: service), clock: clock)
  }

  /// Runs queries, and returns the rows as text: one row per line, with `|` between the columns.
  package func query(_ sql: String) throws -> String { try psql(sql) }

  /// Edits the tables as an attacker could; see ``TestDatabase/edit(_:)``.
  package func edit(_ statements: String) throws {
    do { try psql(Self.beforeEdit + statements + Self.afterEdit) } catch let error as RefusedEdit {
      guard error.output.contains("violates check constraint") else { throw error }
      try psql(Self.beforeEdit + Self.removeChecks + statements + Self.restoreChecks + Self.afterEdit)
    }
  }

  /// Returns the SQL literal for bytes in hexadecimal.
  package func literal(ofHexadecimal bytes: String) -> String { "'\\x\(bytes)'" }

  /// Returns all rows of all tables as SQL.
  ///
  /// This method does not read PostgreSQL's files, because a deleted row is in a file until PostgreSQL vacuums the
  /// table.
  package func contents() throws -> Data {
    let url = Self.url(server, role: "postgres", database: name)
    return Data(try run("/usr/bin/pg_dump", ["--dbname", url], input: nil).output.utf8)
  }

  /// Runs SQL statements as the superuser in one transaction, and returns the output of the statements.
  @discardableResult
  private func psql(_ sql: String) throws -> String {
    let flags = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set", "ON_ERROR_STOP=1"]
    let url = Self.url(server, role: "postgres", database: name)
    let arguments = flags + ["--single-transaction", "--dbname", url, "--file", "-"]
    let (output, code) = try run("/usr/bin/psql", arguments, input: sql)
    guard code == 0 else { throw RefusedEdit(output: output) }
    return output
  }

  /// SQL that switches the triggers and the foreign keys off.
  private static let beforeEdit = """
    SET LOCAL session_replication_role = replica;
    CREATE SCHEMA edit;
    CREATE FUNCTION edit.zeroblob(bigint) RETURNS bytea LANGUAGE sql AS
      $$SELECT decode(repeat('00', $1::integer), 'hex')$$;
    SET LOCAL search_path = public, edit;

    """

  private static let afterEdit = "; DROP SCHEMA edit CASCADE"

  /// SQL that removes the check constraints.
  private static let removeChecks = """
    CREATE TABLE edit.removed AS
      SELECT oid, conrelid::regclass::text AS owner, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype = 'c' AND conrelid <> 0;
    DO $$
      DECLARE removed record;
      BEGIN
        FOR removed IN SELECT * FROM edit.removed ORDER BY oid LOOP
          EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %s', removed.owner, removed.name);
        END LOOP;
      END
    $$;

    """

  /// SQL that restores the check constraints, but does not check the rows.
  private static let restoreChecks = """
    ;
    SET LOCAL allow_system_table_mods = on;
    DO $$
      DECLARE removed record;
      BEGIN
        FOR removed IN SELECT * FROM edit.removed ORDER BY oid LOOP
          EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %s %s NOT VALID', removed.owner, removed.name, removed.definition);
        END LOOP;
        UPDATE pg_constraint SET convalidated = TRUE WHERE contype = 'c' AND NOT convalidated;
      END
    $$
    """
}
#endif
