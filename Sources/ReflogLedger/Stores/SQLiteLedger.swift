import ReflogModel
package import ReflogStorage

/// A ledger in a SQLite file.
package struct SQLiteLedger: LedgerStore {
  private let storage: Storage

  /// Uses an open file.
  package init(_ storage: Storage) {
    self.storage = storage
  }

  package var name: String { storage.path }
  package var changeReader: any LedgerReader { SQLiteLedgerReader(storage.reader) }
  package var queryReader: any LedgerReader { SQLiteLedgerReader(storage.questionReader) }
  package var walBytes: Int64 { storage.walBytes }

  /// Creates the only writer of the ledger in this process.
  package func makeWriter(
    on thread: WriterThread,
    _ makeSession: @escaping @Sendable (any WriteConnection, any AppendStore) throws -> LedgerSession
  ) -> GroupCommitWriter<LedgerSession> {
    GroupCommitWriter(of: storage, on: thread) { try makeSession($0, try SQLiteAppendStore($0)) }
  }

  /// Runs one durable transaction on the calling thread; call this method only when no writer thread runs.
  package func setUp<Value>(_ body: (any WriteConnection, any AppendStore) throws -> Value) throws -> Value {
    try storage.removeUnfinishedCopy()
    return try storage.setUp { try body($0, try SQLiteAppendStore($0)) }
  }

  /// Creates a copy of the ledger as the bytes of a SQLite file.
  package func copy() async throws(LedgerError) -> LedgerCopy {
    do { return LedgerCopy(copy: try await storage.copy()) } catch { throw LedgerError(error) }
  }
}

/// Reads a ledger in a SQLite file.
struct SQLiteLedgerReader: LedgerReader {
  private let reader: StorageReader

  init(_ reader: StorageReader) {
    self.reader = reader
  }

  var readCount: Int { reader.readCount }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
  ) async throws -> Value {
    try await reader.read { try body($0) }
  }

  func alteredSchemaItems() async throws -> [String] { try await reader.alteredSchemaItems(of: .ledger) }

  func damagedTables() async throws -> [(table: String, problem: String)] {
    var damaged: [(table: String, problem: String)] = []
    for table in try await tables() {
      let problems: [String]
      do {
        problems = try await reader.read { db in
          try db.rows("PRAGMA integrity_check(\"\(table)\")", kept: false) { try $0.text(0) }
            .filter(StorageReader.isDamage)
        }
      } catch {
        problems = [LedgerError(error).problem]
      }
      if let problem = problems.first { damaged.append((table, problem)) }
    }
    return damaged
  }

  /// Returns the names of the ledger's own tables.
  private func tables() async throws -> [String] {
    try await reader.read { db in
      try db.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name") {
        try $0.text(0)
      }
      .filter {
        $0 != "grdb_migrations" && $0.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0) }
      }
    }
  }
}

/// A ledger's file that is opened for reading only.
package struct UnopenedLedger: Sendable {
  private let reader: StorageReader
  private let path: String

  /// Opens a ledger's file for reading only, next to a running server or on read-only media.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - purpose: The purpose of the read. For the start of a server, more checks are made than for a command.
  package init(at path: String, for purpose: StorageReader.Purpose = .reading) throws {
    self.path = path
    reader = try StorageReader(readingFileAt: path, kind: .ledger, for: purpose)
  }

  /// Reads the ledger in the file.
  package var history: History { History(reader: SQLiteLedgerReader(reader)) }
  /// The index of reasons next to the file, or nil if there is no index that belongs to the ledger.
  fileprivate var reasonIndex: ReasonIndex? { ReasonIndex(ofLedgerAt: path, reader) }
  /// Whether the file's write-ahead log is missing, so the newest changes can be missing.
  package var isLogMissing: Bool { reader.isLogMissing }
  /// Whether the file has the newest schema, so all queries can run.
  package var hasNewestSchema: Bool { reader.hasNewestSchema }

  /// Throws if SQLite finds that the structure of the ledger's file is damaged; a large file is not checked.
  package func checkStructure() throws { try reader.checkStructure(ofFileAt: path) }
}

extension History {
  /// Opens a ledger's file for reading only, next to a running server or on read-only media.
  ///
  /// Searches use the index of reasons next to the file, if the index belongs to the ledger.
  package init(readingFileAt path: String) throws {
    let file = try UnopenedLedger(at: path)
    self.init(reader: file.history.reader, reasonIndex: file.reasonIndex)
  }

  /// Reads the ledger in an open file.
  init(of storage: Storage) { self.init(reader: SQLiteLedgerReader(storage.reader)) }
}
