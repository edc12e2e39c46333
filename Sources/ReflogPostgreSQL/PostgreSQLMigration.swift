#if PostgreSQL
package import ReflogLedger
package import ReflogStorage
import Synchronization

extension LedgerSource {
  /// Opens a ledger in a PostgreSQL database for reading.
  ///
  /// A server can start while the source exists. If that server then records an entry, the copy is refused.
  ///
  /// - Throws: `StorageError` if the tables are missing, are empty, have another version, or are an unfinished copy.
  package init(at address: PostgreSQLAddress) throws {
    let connection = try PostgreSQLConnection(address.connectionString)
    try PostgreSQLMigrations.check(connection, address)
    guard try connection.bool("SELECT EXISTS (SELECT FROM ledger)") else {
      let problem = "no server has used it, so it contains no history"
      throw StorageError.unusable(path: address.description, problem: problem)
    }
    let readers = PostgreSQLLedger.readers(at: address)
    self.init(name: address.description, reader: readers, tokens: readers)
  }
}

/// A PostgreSQL database into which the rows of another ledger are copied.
///
/// The triggers are switched off in the first transaction and switched on in the last transaction. Foreign keys and
/// constraints are checked for every row.
package final class PostgreSQLTarget: LedgerTarget {
  package let name: String
  private let readers: PostgreSQLReaders
  private let connection: Mutex<PostgreSQLConnection>

  /// All tables into which rows are copied.
  private static let tables = (LedgerTable.first + LedgerTable.last + [LedgerTable.tokens]).map(\.name)

  /// Connects to a database, checks the server's settings, and creates the tables if they are missing.
  package init(at address: PostgreSQLAddress) throws {
    // No server uses the target yet. So a missing standby is accepted here, and is checked when a server starts.
    let connection = try ServerCheck(address: address, acceptsNoStandby: true).connect()
    try PostgreSQLMigrations.migrate(connection, address, isLoading: true)
    // A statement at the end of a large copy can take longer than the statements of a running server.
    connection.timeout = .milliseconds(PostgreSQLTimeouts.load.statement) + .seconds(10)
    name = address.description
    readers = PostgreSQLLedger.readers(at: address)
    self.connection = Mutex(connection)
  }

  package var reader: any LedgerReader { readers }

  package func begun() async throws -> BegunCopy? {
    do {
      return try connection.withLock { connection in
        try Self.begin(connection)
        return try Self.commit(connection) {
          let exists = try connection.bool("SELECT to_regclass(?) IS NOT NULL", [UnfinishedCopy.table])
          return exists ? try BegunCopy(connection) : nil
        }
      }
    } catch let error as SQLError {
      // The role of a running server may not lock this table. The same role could not switch the triggers off.
      guard error.code == .misuse else { throw error }
      throw StorageError.unusable(path: name, problem: "\(error.message). Name a role that owns the tables")
    }
  }

  package func begin(_ copy: BegunCopy) throws {
    try transaction { connection in
      for table in Self.tables { connection.queue("ALTER TABLE \(table) DISABLE TRIGGER USER") }
      try copy.record(number: "bigint", connection)
    }
  }

  package func write(_ rows: LedgerRows, to table: LedgerTable) throws {
    try transaction { connection in
      // This transaction does not wait until it is durable. The last transaction waits until all transactions are
      // durable.
      connection.queue("SET LOCAL synchronous_commit = off")
      let insertion = try RowInsertion(of: rows, into: table)
      connection.queue(insertion.sql, insertion.parameters)
    }
  }

  package func writeTokens(_ body: @escaping @Sendable (any LedgerConnection) throws -> Void) async throws {
    try transaction { connection in try body(connection) }
  }

  package func finish(_ body: @Sendable (any LedgerConnection) throws -> Void) throws {
    try transaction { connection in
      try body(connection)
      for table in Self.tables { connection.queue("ALTER TABLE \(table) ENABLE TRIGGER USER") }
      try BegunCopy.forget(connection)
      // The planner needs statistics about the new rows to choose good query plans.
      try connection.execute("ANALYZE \(Self.tables.joined(separator: ", "))", [], kept: false)
    }
  }

  package func close() { readers.close() }

  /// Runs one transaction on the calling thread.
  private func transaction(_ body: @Sendable (PostgreSQLConnection) throws -> Void) throws {
    try connection.withLock { connection in
      try Self.begin(connection)
      try Self.commit(connection) { try body(connection) }
    }
  }

  /// Begins a transaction, and waits until no other process copies rows into this database.
  ///
  /// The wait is needed because the server can still run the last transaction of a process that was killed.
  private static func begin(_ connection: PostgreSQLConnection) throws {
    connection.queue("BEGIN ISOLATION LEVEL READ COMMITTED")
    connection.queue(PostgreSQLTimeouts.load.settings)
    connection.queue("LOCK TABLE ledger IN EXCLUSIVE MODE")
  }

  /// Runs the SQL statements of a transaction, and commits the transaction.
  private static func commit<Value>(_ connection: PostgreSQLConnection, _ body: () throws -> Value) throws -> Value {
    do {
      let value = try body()
      connection.queue("COMMIT")
      _ = try connection.finish()
      return value
    } catch {
      // The caller must see the first error. If the connection is lost, the server rolls the transaction back.
      connection.queue("ROLLBACK")
      _ = try? connection.finish()
      throw error
    }
  }
}

extension PostgreSQLTimeouts {
  /// The limits of a transaction that copies rows.
  fileprivate static let load = PostgreSQLTimeouts(statement: 600_000, lock: 30_000, idle: 600_000)
}
#endif
