#if PostgreSQL
package import ReflogLedger
package import ReflogStorage
import Synchronization

extension LedgerSource {
  /// Opens a ledger in a PostgreSQL database for reading.
  ///
  /// A Reflog server can use the ledger while the source is open. If an entry is recorded during the copy, the copy is
  /// refused.
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
  /// The connection with an open transaction that holds a lock, so that no other process copies into the same database.
  private let lock: Mutex<PostgreSQLConnection>

  /// All tables into which rows are copied.
  private static let tables = (LedgerTable.first + LedgerTable.last + [LedgerTable.tokens]).map(\.name)

  /// Connects to a database, checks the server's settings, and creates the tables if the tables are missing.
  package init(at address: PostgreSQLAddress) throws {
    // No Reflog server uses the target yet. The standby is checked when a Reflog server starts.
    let check = ServerCheck(address: address, acceptsNoStandby: true)
    let connection = try check.connect()
    try PostgreSQLMigrations.migrate(connection, address, isLoading: true)
    // A statement at the end of a large copy can take longer than any statement of a running Reflog server.
    connection.timeout = .milliseconds(PostgreSQLTimeouts.load.statement) + .seconds(10)
    name = address.description
    readers = PostgreSQLLedger.readers(at: address)
    self.connection = Mutex(connection)
    lock = Mutex(try check.connect())
  }

  package var reader: any LedgerReader { readers }

  package func begun() async throws -> BegunCopy? {
    do {
      try lock.withLock { connection in try Self.lockOut(others: connection, name) }
      return try connection.withLock { connection in
        try Self.begin(connection)
        return try connection.commit {
          let exists = try connection.bool("SELECT to_regclass(?) IS NOT NULL", [UnfinishedCopy.table])
          return exists ? try BegunCopy(connection) : nil
        }
      }
    } catch let error as SQLError {
      // The role has no right to lock a table, for example because it is the role of the service. Such a role also has
      // no right to switch the triggers off.
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
      // COMMIT does not wait until this transaction is durable. Only the last transaction waits until all transactions
      // are durable.
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
      try connection.commit { try body(connection) }
    }
  }

  /// Begins a transaction, and waits until no other process copies rows into this database.
  ///
  /// The wait is needed because, after a process was killed, PostgreSQL can still run the last transaction of that
  /// process.
  private static func begin(_ connection: PostgreSQLConnection) throws {
    connection.queue("BEGIN ISOLATION LEVEL READ COMMITTED")
    connection.queue(PostgreSQLTimeouts.load.settings)
    connection.queue("LOCK TABLE ledger IN EXCLUSIVE MODE")
  }

  /// Locks the table `schema_version` until the connection ends, so that no other process copies into the database.
  ///
  /// The lock does not block the copy itself, because the transactions of the copy do not use this table. PostgreSQL
  /// releases the lock when this process ends or is killed.
  ///
  /// - Throws: ``MigrationError/targetInUse(target:)`` if another process holds the lock.
  private static func lockOut(others connection: PostgreSQLConnection, _ name: String) throws {
    guard !connection.isInsideTransaction else { return }
    connection.queue("BEGIN ISOLATION LEVEL READ COMMITTED")
    connection.queue("SET LOCAL idle_in_transaction_session_timeout = 0")
    // After a process was killed, PostgreSQL can need a moment to notice this and to release the lock.
    connection.queue("SET LOCAL lock_timeout = '3s'")
    connection.queue("LOCK TABLE schema_version IN SHARE ROW EXCLUSIVE MODE")
    do { _ = try connection.finish() } catch {
      connection.queue("ROLLBACK")
      // An error of the rollback is ignored, so that the original error is handled below.
      _ = try? connection.finish()
      guard error.code == .busy else { throw error }
      throw MigrationError.targetInUse(target: name)
    }
  }
}

extension PostgreSQLTimeouts {
  /// The limits of a transaction that copies rows.
  fileprivate static let load = PostgreSQLTimeouts(statement: 600_000, lock: 30_000, idle: 600_000)
}
#endif
