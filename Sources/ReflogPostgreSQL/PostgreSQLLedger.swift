#if PostgreSQL
package import ReflogLedger
package import ReflogStorage

/// A ledger in a PostgreSQL database.
///
/// One service process writes the ledger, see ``WriteLease``. The lock on the head row orders all transactions that
/// write.
package struct PostgreSQLLedger: LedgerStore {
  /// Opens connections that can write.
  struct Opener: Sendable {
    let check: ServerCheck
    /// The right of this process to write the ledger, or nil if other processes are allowed to write at the same time.
    let lease: WriteLease?

    /// A new writer; the writer connects to the server when it is used for the first time.
    var writer: PostgreSQLWriter {
      PostgreSQLWriter(
        name: check.address.description,
        timeouts: .standard,
        lease: lease,
        connect: check.connectAgain
      )
    }

    /// Runs one durable transaction on the calling thread.
    func run<Value>(_ body: (PostgreSQLWriter) throws -> Value) throws -> Value {
      let writer = writer
      try writer.begin()
      let value: Value
      do { value = try body(writer) } catch {
        // An error of the rollback is ignored, so that the caller gets the original error. If the rollback fails,
        // PostgreSQL rolls back the transaction when the connection is closed.
        try? writer.rollBack()
        throw error
      }
      do { try writer.commit() } catch {
        switch error {
        case .refused(let error): throw error
        case .unknown(let problem): throw StorageError.commitUnknown(problem)
        }
      }
      return value
    }
  }

  private let opener: Opener
  private let readers: (changes: PostgreSQLReaders, queries: PostgreSQLReaders)

  /// Connects to a database, checks the server's settings, and creates the tables if the tables are missing.
  ///
  /// When the initializer returns, no other process can write the ledger until ``close()``.
  ///
  /// - Parameters:
  ///   - address: The address of the database.
  ///   - acceptsNoStandby: Whether to use a server without a synchronous standby.
  ///   - say: Called with a message if another process used the ledger a moment ago, so that the initializer must wait.
  /// - Throws: `StorageError` if the server can't be used, or if another process uses the ledger. The error names the
  ///   setting or the process.
  package init(at address: PostgreSQLAddress, acceptsNoStandby: Bool, say: (String) -> Void = { _ in }) throws {
    let check = ServerCheck(address: address, acceptsNoStandby: acceptsNoStandby)
    let connection = try check.connect()
    try PostgreSQLMigrations.migrate(connection, address)
    try check.checkRights(connection)
    opener = Opener(check: check, lease: try WriteLease.take(connection, of: address.description, say))
    readers = (Self.readers(at: address), Self.readers(at: address))
  }

  /// Opens the history in a database for reading only.
  package static func history(at address: PostgreSQLAddress) throws -> History {
    // A connection is opened immediately, so that a problem is reported before the command begins its work.
    let connection = try PostgreSQLConnection(address.connectionString)
    try PostgreSQLMigrations.check(connection, address)
    let readers = readers(at: address)
    let check = ServerCheck(address: address, acceptsNoStandby: true)
    return History(reader: readers, reasonIndex: PostgreSQLReasonIndex(readers, check))
  }

  /// Opens the tokens in a database.
  package static func tokens(at address: PostgreSQLAddress) throws -> PostgreSQLTokens {
    let connection = try PostgreSQLConnection(address.connectionString)
    try PostgreSQLMigrations.check(connection, address)
    let opener = Opener(check: ServerCheck(address: address, acceptsNoStandby: true), lease: nil)
    return PostgreSQLTokens(readers(at: address), opener)
  }

  /// Returns the readers of a database.
  static func readers(at address: PostgreSQLAddress) -> PostgreSQLReaders {
    PostgreSQLReaders(address.connectionString, schema: SchemaItem.expected)
  }

  /// The API tokens in the database.
  package var tokens: PostgreSQLTokens { PostgreSQLTokens(readers.changes, opener) }

  /// Returns the index of the reasons of changes; call this method only once in a process.
  ///
  /// - Parameter lengths: The lengths of the segments of the index.
  package func reasonIndex(_ lengths: TrigramSegments.Lengths = .standard) -> PostgreSQLReasonIndex {
    PostgreSQLReasonIndex(readers.queries, opener.check, lengths)
  }

  package var name: String { opener.check.address.description }
  package var changeReader: any LedgerReader { readers.changes }
  package var queryReader: any LedgerReader { readers.queries }
  /// Always 0, because the WAL of PostgreSQL is shared by all databases of the server.
  package var walBytes: Int64 { 0 }

  /// Creates the only writer of the ledger in this process.
  package func makeWriter(
    on thread: WriterThread,
    _ makeSession: @escaping @Sendable (any WriteConnection, any AppendStore) throws -> LedgerSession
  ) -> GroupCommitWriter<LedgerSession> {
    GroupCommitWriter(of: self, on: thread) { try makeSession($0, $0) }
  }

  /// Runs one durable transaction on the calling thread; call this method only when no writer thread runs.
  package func setUp<Value>(_ body: (any WriteConnection, any AppendStore) throws -> Value) throws -> Value {
    try opener.run { try body($0, $0) }
  }

  /// Throws, because PostgreSQL has its own tools for backups.
  package func copy() async throws(LedgerError) -> LedgerCopy {
    throw .notSupported(
      "Reflog does not copy a ledger in PostgreSQL. Use pg_dump or pgBackRest, and check the restored copy with reflog "
        + "verify --database URL."
    )
  }

  /// Closes the connections that read, and lets another process write the ledger.
  package func close() {
    readers.changes.close()
    readers.queries.close()
    // If PostgreSQL can't be reached now, the right to write is not released. It then expires after a few seconds.
    guard let lease = opener.lease,
      let connection = try? PostgreSQLConnection(opener.check.address.connectionString)
    else { return }
    try? lease.release(connection)
  }
}

extension PostgreSQLLedger: WritableStore {
  /// Opens the write connection, and calls `body` on the calling thread.
  package func withWriter(_ body: (PostgreSQLWriter, StoreUpkeep) throws -> Void) throws {
    // Nothing is done after a commit, because PostgreSQL itself writes checkpoints and removes deleted rows.
    let writer = opener.writer
    try body(writer, StoreUpkeep(afterCommit: {}, rest: { writer.renewLease() }, reclaim: { .all }))
  }

  /// Always true, because PostgreSQL does not report the free space of the server's disk.
  package func hasHeadroom(of bytes: UInt64) -> Bool { true }

  /// Does nothing, because a ledger in PostgreSQL has no file that another program could replace.
  package func check() throws(StorageError) {}
}
#endif
