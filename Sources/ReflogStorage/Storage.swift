import GRDB

/// A SQLite file with one write connection and two pools of read connections.
///
/// The file is locked and migrated. It is in WAL mode, and every commit is flushed. The first pool reads what the
/// writer needs; the second answers queries. Many queries therefore never keep the writer waiting for a connection.
///
/// One connection makes every write and every WAL checkpoint. Keep it so: SQLite before 3.51.3 (Debian 12 has 3.40.1)
/// can lose commits if one connection writes while another one resets the WAL.
package struct Storage: Sendable {
  /// The path of the file.
  package let path: String
  /// Reads what the writer needs to know.
  package let reader: StorageReader
  /// Reads for queries, through a separate pool.
  package let questionReader: StorageReader
  private let pool: DatabasePool
  private let questionPool: DatabasePool
  private let lock: LockFile

  /// Opens the file, or makes it.
  ///
  /// When this returns, the lock is held, the settings were read back and the schema is the newest.
  package init(path: String, kind: StorageKind) throws {
    try FileChecks.prepareFile(at: path)
    lock = try LockFile(for: path)
    do {
      try kind.migrations.refuseForeignFile(at: path)
      pool = try DatabasePool(path: path, configuration: StorageSettings.configuration(of: .writable))
      try pool.writeWithoutTransaction { db in
        try StorageSettings.apply(toWriter: db, path: path)
        try kind.migrations.refuseForeignFile(db, path: path)
      }
      try kind.migrations.migrate(pool, path: path)
      try kind.migrations.refuseAlteredSchema(pool, path: path)
      questionPool = try DatabasePool(path: path, configuration: StorageSettings.configuration(of: .readOnly))
    } catch let error as DatabaseError {
      throw StorageError.unusable(path: path, problem: error.message ?? error.description)
    }
    self.path = path
    reader = StorageReader(pool)
    questionReader = StorageReader(questionPool)
  }

  /// The size of the write-ahead log in bytes.
  package var walBytes: Int64 { Int64(FileChecks.size(of: path + "-wal") ?? 0) }

  /// Makes one write on the write connection, before a writer runs.
  ///
  /// When this returns, the write is durable.
  package func setUp<Value>(_ body: (Connection) throws -> Value) throws -> Value {
    do { return try pool.write { try body(Connection($0)) } } catch let error as DatabaseError { throw SQLError(error) }
  }

  /// Calls `body` with the write connection on the calling thread, outside any transaction.
  func withWriteConnection(_ body: (Connection) throws -> Void) throws {
    try pool.writeWithoutTransaction { try body(Connection($0)) }
  }

  /// Empties the WAL into the file, closes every connection, the writer's last, and releases the lock.
  ///
  /// Call it after the last write. If another process still reads, some pages stay in the WAL. The next start reads
  /// them.
  package func close() throws {
    try closeConnections()
    releaseLock()
  }

  /// Does the same as ``close()``, but keeps the lock.
  func closeConnections() throws {
    try questionPool.close()
    _ = try pool.writeWithoutTransaction { try WriteAheadLog.run(.truncate, Connection($0)) }
    pool.invalidateReadOnlyConnections()
    try pool.close()
  }

  /// Releases the lock.
  func releaseLock() { lock.release() }
}
