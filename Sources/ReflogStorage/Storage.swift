import GRDB

/// A SQLite file with one write connection and three pools of read connections.
///
/// The file is locked and migrated. It is in WAL mode, and every commit is flushed. The first pool reads the data that
/// a write needs. The second pool answers queries. The third pool is for the long reads on ``BackgroundThreads``.
/// Because the pools are separate, a write does not wait for queries, and a query does not wait for counts and exports.
///
/// Only one connection writes and runs WAL checkpoints. Do not change this. SQLite versions earlier than 3.51.3 can
/// lose commits if one connection writes while another connection resets the WAL. Debian 12 has SQLite 3.40.1.
package struct Storage: Sendable {
  /// The path of the file.
  package let path: String
  /// Reads the data that a write needs.
  package let reader: StorageReader
  /// Reads the data for queries, through a separate pool.
  package let questionReader: StorageReader
  /// The maximum number of connections for reads on ``BackgroundThreads``.
  private static let backgroundReaders = 2
  private let pool: DatabasePool
  private let questionPool: DatabasePool
  private let backgroundPool: DatabasePool
  private let lock: LockFile
  /// The identities of the open files.
  let files: OpenFiles

  /// Opens the file, or creates it if it does not exist.
  ///
  /// When this method returns, the lock is held, the settings are applied and checked, the schema is the newest, and
  /// the header of the file contains the `SessionMark` of its write-ahead log.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - kind: The kind of the file.
  ///   - acceptsMissingLog: Whether to open a file even if its write-ahead log is missing.
  ///   - isLoading: Whether the rows of another ledger are copied into this file. If the value is false, this
  ///     initializer throws for an unfinished copy, because its schema has no triggers.
  package init(path: String, kind: StorageKind, acceptsMissingLog: Bool = false, isLoading: Bool = false) throws {
    try FileChecks.checkPath(path)
    self.path = path
    lock = try LockFile(for: path)
    do {
      if !FileChecks.isTaken(path) { try Self.create(path, kind, lock) }
      try FileChecks.checkFile(at: path)
      let state = try FileState(ofFileAt: path, kind: kind)
      guard acceptsMissingLog || !state.isLogMissing else { throw StorageError.missingLog(path: path) }
      let files = try OpenFiles(ofDatabaseAt: path)
      self.files = files
      pool = try DatabasePool(path: path, configuration: StorageSettings.configuration(of: .writable, keepsLog: true))
      try pool.writeWithoutTransaction { db in
        try StorageSettings.apply(toWriter: db, path: path)
        try kind.migrations.refuseForeignFile(db, path: path)
        if !isLoading, try UnfinishedCopy.exists(db) {
          // The log is emptied and deleted, so that the file is complete without it.
          try WriteAheadLog.end(Connection(db))
          throw StorageError.unfinishedCopy(path: path)
        }
      }
      try kind.migrations.migrate(pool, path: path)
      if !isLoading { try kind.migrations.refuseAlteredSchema(pool, path: path) }
      try pool.writeWithoutTransaction { try WriteAheadLog(Connection($0), of: files).markAtStart() }
      var readOnly = StorageSettings.configuration(of: .readOnly)
      questionPool = try DatabasePool(path: path, configuration: readOnly)
      readOnly.maximumReaderCount = Self.backgroundReaders
      backgroundPool = try DatabasePool(path: path, configuration: readOnly)
    } catch let error as DatabaseError {
      throw StorageError.unusable(path: path, problem: error.message ?? error.description)
    }
    reader = StorageReader(pool, background: backgroundPool, of: files)
    questionReader = StorageReader(questionPool, background: backgroundPool, of: files)
  }

  /// Creates the file, and removes the lock file if the creation fails.
  ///
  /// If the lock file were kept, it would seem that the file existed and was deleted.
  private static func create(_ path: String, _ kind: StorageKind, _ lock: LockFile) throws {
    do { try kind.migrations.create(path, journal: "WAL") } catch {
      try? lock.remove(for: path)
      throw error
    }
  }

  /// The size of the write-ahead log in bytes.
  package var walBytes: Int64 { Int64(FileChecks.size(of: path + "-wal") ?? 0) }

  /// Runs one write on the write connection.
  ///
  /// Call this method before a writer thread runs. When this method returns, the write is durable.
  package func setUp<Value>(_ body: (Connection) throws -> Value) throws -> Value {
    do { return try pool.write { try body(Connection($0)) } } catch let error as DatabaseError { throw SQLError(error) }
  }

  /// Calls `body` with the write connection on the calling thread, outside any transaction.
  func withWriteConnection(_ body: (Connection) throws -> Void) throws {
    try pool.writeWithoutTransaction { try body(Connection($0)) }
  }

  /// Copies the WAL into the file, closes every connection, and releases the lock.
  ///
  /// Call this method after the last write. The write connection is closed last. If another process is still reading
  /// the file, some pages can remain in the WAL. The next start reads those pages.
  package func close() throws {
    try closeConnections()
    releaseLock()
  }

  /// Closes all connections in the same way as ``close()``, but keeps the lock. Call it only once.
  ///
  /// - Returns: The reason why pages remain in the WAL, or nil if the file contains every page.
  @discardableResult
  func closeConnections() throws -> StorageError? {
    files.close()
    try questionPool.close()
    try backgroundPool.close()
    let obstacle = try pool.writeWithoutTransaction { try WriteAheadLog.end(Connection($0)) }
    pool.invalidateReadOnlyConnections()
    try pool.close()
    return obstacle
  }

  /// Releases the lock.
  func releaseLock() {
    files.release()
    lock.release()
  }
}
