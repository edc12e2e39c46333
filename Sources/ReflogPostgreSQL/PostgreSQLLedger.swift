package import ReflogLedger
package import ReflogStorage

/// A ledger in a PostgreSQL database.
///
/// One service process writes the ledger. The head row's lock excludes every other writer.
package struct PostgreSQLLedger: LedgerStore {
  private let address: PostgreSQLAddress
  private let check: ServerCheck
  private let readers: (changes: PostgreSQLReaders, queries: PostgreSQLReaders)

  /// Connects to a database, checks the server's settings, and creates the tables if they are missing.
  ///
  /// - Parameters:
  ///   - address: The address of the database.
  ///   - acceptsNoStandby: Whether to use a server without a synchronous standby.
  /// - Throws: ``StorageError`` if the server can't be used; the error contains the name of the setting.
  package init(at address: PostgreSQLAddress, acceptsNoStandby: Bool) throws {
    self.address = address
    check = ServerCheck(address: address, acceptsNoStandby: acceptsNoStandby)
    let connection = try check.connect()
    try PostgreSQLMigrations.migrate(connection, address)
    try check.checkRights(connection)
    readers = (PostgreSQLReaders(of: address), PostgreSQLReaders(of: address))
  }

  package var name: String { address.description }
  package var changeReader: any LedgerReader { readers.changes }
  package var queryReader: any LedgerReader { readers.queries }
  /// The log of PostgreSQL serves all databases of the server, so its size is not reported.
  package var walBytes: Int64 { 0 }

  package func makeWriter(
    on thread: WriterThread,
    _ makeSession: @escaping @Sendable (any WriteConnection, any AppendStore) throws -> LedgerSession
  ) -> GroupCommitWriter<LedgerSession> {
    GroupCommitWriter(of: self, on: thread) { try makeSession($0, $0) }
  }

  package func setUp<Value>(_ body: (any WriteConnection, any AppendStore) throws -> Value) throws -> Value {
    let writer = writer()
    try writer.begin()
    let value: Value
    do { value = try body(writer, writer) } catch {
      // The first error is the one that the caller must see.
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

  package func copy() async throws(LedgerError) -> LedgerCopy {
    throw .unavailable(
      "PostgreSQL has its own tools for backups. Use pg_dump or pgBackRest, restore the copy, and check it with reflog "
        + "verify --database"
    )
  }

  /// Closes the connections that read.
  package func close() {
    readers.changes.close()
    readers.queries.close()
  }

  private func writer() -> PostgreSQLWriter {
    PostgreSQLWriter(name: name, timeouts: .standard, connect: check.connect)
  }
}

extension PostgreSQLLedger: WritableStore {
  package func withWriter(_ body: (PostgreSQLWriter, StoreUpkeep) throws -> Void) throws {
    // PostgreSQL writes its checkpoints and removes deleted rows without Reflog.
    try body(writer(), StoreUpkeep(afterCommit: {}, rest: {}, reclaim: { .all }))
  }

  /// The free space of the server is not known, so the result is always true.
  package func hasHeadroom(of bytes: UInt64) -> Bool { true }

  package func check() throws(StorageError) {}
}
