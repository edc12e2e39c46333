package import GRDB

/// A SQLite file as Reflog wants it: locked, migrated, in WAL mode with every commit flushed, written by one connection
/// and read by two pools of others, so that nobody's questions keep the writing waiting for a connection.
///
/// One writer connection makes every write and every WAL checkpoint. Keep it so: SQLite before 3.51.3 (Debian 12 has
/// 3.40.1) can lose commits when one connection writes while another resets the WAL.
package struct Storage: Sendable {
  package let path: String
  /// Reads what writing needs to know.
  package let reader: StorageReader
  /// Reads for whoever asks, however many do.
  package let questionReader: StorageReader
  package let writer: GroupCommitWriter
  private let pool: DatabasePool
  private let questionPool: DatabasePool
  private let lock: LockFile

  /// Opens the file, or makes it. When this returns, the lock is held, the settings were read back and the schema is
  /// the newest.
  ///
  /// Nothing is written until ``GroupCommitWriter/run()`` runs.
  package init(path: String, kind: StorageKind, limits: GroupCommitLimits = .standard) throws {
    try FileChecks.prepareFile(at: path)
    lock = try LockFile(for: path)
    do {
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
    writer = GroupCommitWriter(pool: pool, limits: limits)
  }

  /// The size of the write-ahead log.
  package var walBytes: Int64 { Int64(FileChecks.size(of: path + "-wal") ?? 0) }

  /// Makes one write before the writer runs, on its connection. When this returns, it is durable.
  package func setUp<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try pool.write(body)
  }

  /// Empties the WAL into the file, closes every connection, the writer's last, and releases the lock.
  ///
  /// Call it once nothing writes any more. What another process's reading keeps in the WAL is read at the next start.
  package func close() throws {
    try questionPool.close()
    _ = try pool.writeWithoutTransaction { db in try WALCheckpoint.run(.truncate, db) }
    pool.invalidateReadOnlyConnections()
    try pool.close()
    lock.release()
  }
}
