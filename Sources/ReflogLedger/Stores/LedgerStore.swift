package import ReflogStorage

/// A database that holds a ledger.
package protocol LedgerStore: Sendable {
  /// The path of the file or the address of the database, without a password.
  var name: String { get }
  /// Reads the data that is needed to make changes.
  var changeReader: any LedgerReader { get }
  /// Reads the data for queries, through separate connections, so queries do not delay changes.
  var queryReader: any LedgerReader { get }
  /// The size of the write-ahead log in bytes, or 0 if the database does not report a size.
  var walBytes: Int64 { get }

  /// Creates the only writer of the ledger in this process.
  ///
  /// - Parameters:
  ///   - thread: The thread on which the writer works.
  ///   - makeSession: Creates the session when the thread has opened the write connection.
  func makeWriter(
    on thread: WriterThread,
    _ makeSession: @escaping @Sendable (any WriteConnection, any AppendStore) throws -> LedgerSession
  ) -> GroupCommitWriter<LedgerSession>

  /// Runs one durable transaction on the calling thread; call this method only when no writer thread runs.
  func setUp<Value>(_ body: (any WriteConnection, any AppendStore) throws -> Value) throws -> Value

  /// Creates a copy of the ledger as the bytes of a SQLite file.
  ///
  /// - Throws: ``LedgerError/notSupported(_:)`` if the database has its own tools for backups.
  func copy() async throws(LedgerError) -> LedgerCopy
}

/// Reads a ledger.
package protocol LedgerReader: Sendable {
  /// The number of reads since the reader was created.
  var readCount: Int { get }

  /// Runs a read in one transaction: all rows are from one consistent state of the ledger.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws -> Value

  /// Returns the types and names of the tables, indexes and views that are missing, altered or added.
  ///
  /// Such an item could hide rows from a query. Triggers are not compared, because they do not run in a query.
  func alteredSchemaItems() async throws -> [String]

  /// Returns the tables whose pages or indexes are damaged, each with the first problem.
  ///
  /// An index that lacks a row is damaged: a query that uses the index would not find the row.
  func damagedTables() async throws -> [(table: String, problem: String)]
}
