import GRDB

/// A SQLite file as Reflog wants it: locked, migrated, in WAL mode with every commit flushed, written by one connection and read by
/// two pools of others, so that no question keeps the writing waiting for a connection.
///
/// One writer connection makes every write and every WAL checkpoint. Keep it so: SQLite before 3.51.3 (Debian 12 has 3.40.1) can
/// lose commits when one connection writes while another resets the WAL.
package struct Storage: Sendable {
  package let path: String
  /// Reads what writing needs to know.
  package let reader: StorageReader
  /// Reads for whoever asks, however many do.
  package let questionReader: StorageReader
  private let pool: DatabasePool
  private let questionPool: DatabasePool
  private let lock: LockFile

  /// Opens the file, or makes it. When this returns, the lock is held, the settings were read back and the schema is
  /// the newest.
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

  /// The size of the write-ahead log.
  package var walBytes: Int64 { Int64(FileChecks.size(of: path + "-wal") ?? 0) }

  /// Makes one write before a writer runs, on its connection. When this returns, it is durable.
  package func setUp<Value>(_ body: (Connection) throws -> Value) throws -> Value {
    do { return try pool.write { try body(Connection($0)) } } catch let error as DatabaseError { throw SQLError(error) }
  }

  /// Hands out the connection that writes for as long as `body` runs, on the calling thread, outside any transaction.
  func withWriteConnection(_ body: (Connection) throws -> Void) throws {
    try pool.writeWithoutTransaction { try body(Connection($0)) }
  }

  /// Empties the WAL into the file, closes every connection, the writer's last, and releases the lock.
  ///
  /// Call it once nothing writes any more. What another process's reading keeps in the WAL is read at the next start.
  package func close() throws {
    try closeConnections()
    releaseLock()
  }

  /// The same, but holds the lock on.
  func closeConnections() throws {
    try questionPool.close()
    _ = try pool.writeWithoutTransaction { try WriteAheadLog.run(.truncate, Connection($0)) }
    pool.invalidateReadOnlyConnections()
    try pool.close()
  }

  func releaseLock() { lock.release() }
}
