package import ReflogStorage
import Synchronization

extension LedgerSource {
  /// Opens a ledger in a SQLite file for reading.
  ///
  /// While the source is open, no server can start with this file.
  ///
  /// - Throws: `StorageError` if a server uses the file, or if the file or its schema is not complete.
  package init(ofFileAt path: String) throws {
    let reader = try StorageReader(readingFileAt: path, kind: .ledger, for: .copying)
    let tokens = LedgerFiles(database: path).tokens
    self.init(
      name: path,
      reader: SQLiteLedgerReader(reader),
      tokens: DurableFile.exists(tokens)
        ? SQLiteLedgerReader(try StorageReader(readingFileAt: tokens, kind: .tokens, for: .copying)) : nil
    )
  }
}

/// A SQLite file into which the rows of another ledger are copied.
package final class SQLiteTarget: LedgerTarget {
  /// The number of transactions after which the write-ahead log is copied into the file.
  private static let writesBetweenCheckpoints = 8

  private let storage: Storage
  private let writes = Mutex(0)

  /// Opens or creates the file.
  package init(path: String) throws {
    storage = try Storage(path: path, kind: .ledger, isLoading: true)
  }

  package var name: String { storage.path }
  package var reader: any LedgerReader { SQLiteLedgerReader(storage.reader) }

  /// Returns the record of an interrupted copy, or nil if no copy was begun.
  package func begun() async throws -> BegunCopy? {
    try await storage.reader.read { db in
      let exists = try db.bool("SELECT count(*) FROM sqlite_schema WHERE name = ?", [UnfinishedCopy.table])
      return exists ? try BegunCopy(db) : nil
    }
  }

  /// Creates the record of an unfinished copy, and drops the triggers of the file.
  package func begin(_ copy: BegunCopy) throws {
    try storage.setUp { db in
      try copy.record(number: "INTEGER", db)
      try Storage.dropTriggers(db)
    }
  }

  /// Inserts rows into a table in one transaction.
  package func write(_ rows: LedgerRows, to table: LedgerTable) throws {
    try write { db in try table.insert(rows, db) }
  }

  /// Runs one transaction on the calling thread.
  func write(_ body: (any LedgerConnection) throws -> Void) throws {
    try storage.setUp { db in try body(db) }
    let isDue = writes.withLock { writes in
      writes += 1
      return writes.isMultiple(of: Self.writesBetweenCheckpoints)
    }
    if isDue { try storage.checkpointLoad() }
  }

  /// Runs one transaction in the file with the API tokens.
  package func writeTokens(_ body: @escaping @Sendable (any LedgerConnection) throws -> Void) async throws {
    let tokens = try SharedStorage(path: LedgerFiles(database: name).tokens, kind: .tokens, creating: true)
    try await tokens.write { db in try body(db) }
  }

  /// Runs the last transaction, which creates the triggers again.
  package func finish(_ body: @Sendable (any LedgerConnection) throws -> Void) throws {
    try storage.setUp { db in
      try body(db)
      // The id of a released hold must not be used again. The highest id that a hold had is unknown. But it is lower
      // than the id of the next service event, because an event records each hold.
      try db.execute("DELETE FROM sqlite_sequence WHERE name = 'hold'")
      try db.execute("INSERT INTO sqlite_sequence (name, seq) SELECT 'hold', next_event - 1 FROM head")
      try Storage.createTriggers(db, of: .ledger)
      try BegunCopy.forget(db)
    }
  }

  /// Closes the file.
  package func close() throws { try storage.close() }
}
