import CStorage
import GRDB
import GRDBSQLite
import Glibc

/// A SQLite file whose contents can be built again from another file at any time.
///
/// A damaged file is deleted and created again. Only one process writes the file. Other processes can read the file at
/// the same time. The file is in WAL mode. A power failure can undo the newest transactions, but never only a part of a
/// transaction.
package struct DerivedStorage: Sendable {
  private let pool: DatabasePool
  private let path: String
  private let schema: Schema

  /// The tables of the file.
  package struct Schema: Sendable {
    let applicationID: Int32
    let sql: String

    /// Creates the description of a schema.
    ///
    /// - Parameters:
    ///   - applicationID: The number in the file's header that identifies the schema. A file with another number is
    ///     deleted, so another version of the schema needs another number.
    ///   - sql: The SQL statements that create the tables.
    package init(applicationID: Int32, sql: String) {
      self.applicationID = applicationID
      self.sql = sql
    }
  }

  /// Opens the file for writing.
  ///
  /// If the file does not exist, can't be read, or has another version of the schema, a new file replaces it. Call this
  /// initializer only while no other process writes the file.
  ///
  /// - Throws: ``StorageError/foreign(path:)`` if another program created the file.
  package init(path: String, schema: Schema) throws {
    self.path = path
    self.schema = schema
    do {
      do { pool = try Self.open(path, schema) } catch StorageError.foreign(let path) {
        // Another program created the file, so its contents can't be built again.
        throw StorageError.foreign(path: path)
      } catch {
        // The contents can be built again, so the file is replaced after every other error.
        try Self.delete(path)
        pool = try Self.open(path, schema)
      }
    } catch let error as DatabaseError {
      throw StorageError.unusable(path: path, problem: error.message ?? error.description)
    }
  }

  /// Opens the file for reading, or returns nil if the file does not exist, can't be read, or has another schema.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - source: The path of the file from which the contents were built. The lock of this file shows whether a server
  ///     is writing both files.
  ///   - schema: The schema of the file.
  package init?(readingFileAt path: String, besides source: String, schema: Schema) {
    guard FileChecks.isPlainFileItself(path) else { return nil }
    let source = FileChecks.resolved(source)
    let isWritten = LockFile.isHeld(for: source)
    // If there is a write-ahead log with transactions although no server is running, the server crashed. Then only the
    // next server is allowed to change the file and its log.
    guard isWritten || (FileChecks.size(of: path + "-wal") ?? 0) == 0 else { return nil }
    self.path = path
    self.schema = schema
    // SQLite does not notice changes of a file that is opened as immutable, and a server can start while the file is
    // open. So the file is opened as immutable only if the folder is read-only, or if no server ever used the ledger in
    // this folder.
    let isImmutable = !FileChecks.canWriteFolder(of: path) || !LockFile.exists(for: source)
    do {
      pool = try DatabasePool(
        path: isImmutable ? StorageReader.immutableURI(of: path) : path,
        configuration: Self.configuration(of: .readOnly)
      )
      guard try pool.read(Self.applicationID) == schema.applicationID else { return nil }
    } catch {
      return nil
    }
  }

  /// The size, in KiB, of the page cache of each reader.
  ///
  /// The cache is small, because a read needs few pages, and the operating system usually has the pages of this small
  /// file in memory.
  private static let readerCacheKilobytes = 2 << 10

  private static func configuration(of access: StorageSettings.Access) -> Configuration {
    var configuration = StorageSettings.configuration(of: access)
    configuration.prepareDatabase { db in
      if db.configuration.readonly { try db.execute(sql: "PRAGMA cache_size = -\(readerCacheKilobytes)") }
    }
    return configuration
  }

  private static func applicationID(_ db: Database) throws -> Int32? {
    try Int32.fetchOne(db, sql: "PRAGMA application_id")
  }

  private static func open(_ path: String, _ schema: Schema) throws -> DatabasePool {
    try FileChecks.prepareFile(at: path)
    let pool = try DatabasePool(path: path, configuration: configuration(of: .writable))
    try pool.writeWithoutTransaction { db in
      // SQLite overwrites each free page with zeros, so no byte of a dropped table is left: see ``drop(_:)``.
      try db.execute(sql: "PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 1000")
      let secureDelete = try String.fetchOne(db, sql: "PRAGMA secure_delete") ?? "unset"
      guard secureDelete == "1" else {
        throw StorageError.setting(path: path, name: "secure_delete", expected: "1", found: secureDelete)
      }
    }
    try pool.write { db in
      if try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 { try create(schema, db) }
      guard try applicationID(db) == schema.applicationID else {
        // If the file is damaged or has another version of the schema, it still has a table of the schema. A file
        // without such a table belongs to another program.
        let names = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema")
        let isOwn = names.contains { schema.sql.contains("TABLE \($0) ") || schema.sql.contains("TABLE \($0)\n") }
        throw isOwn ? StorageError.unusable(path: path, problem: "it has another schema") : .foreign(path: path)
      }
    }
    return pool
  }

  private static func create(_ schema: Schema, _ db: Database) throws {
    try db.execute(sql: schema.sql)
    try db.execute(sql: "PRAGMA application_id = \(schema.applicationID)")
  }

  private static func delete(_ path: String) throws(StorageError) {
    for file in ["-wal", "-shm", "-journal", ""].map({ path + $0 }) where unlink(file) != 0 && errno != ENOENT {
      throw .unusable(path: file, problem: lastSystemError())
    }
  }

  /// Runs a read in one transaction on the calling thread.
  ///
  /// Call this method on a thread of ``BackgroundThreads``, or before any other use of the file.
  package func readOnThisThread<Value>(_ body: (Connection) throws -> Value) throws -> Value {
    do { return try pool.read { try body(Connection($0)) } } catch let error as DatabaseError { throw SQLError(error) }
  }

  /// Reads in one transaction.
  package func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
    if BackgroundThreads.isCurrent {
      try Task.checkCancellation()
      return try readOnThisThread(body)
    }
    do { return try await pool.read { try body(Connection($0)) } } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// Writes in one transaction.
  package func write<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
    do { return try await pool.write { try body(Connection($0)) } } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// Deletes all rows, even if the file is damaged.
  ///
  /// When this returns, the file and its write-ahead log contain no byte of the earlier contents. The tables exist and
  /// are empty. If the process ends during this call, the file can still contain the earlier contents.
  package func empty() async throws {
    do {
      try await pool.barrierWriteWithoutTransaction { db in
        let result = storage_empty_database(db.sqliteConnection.map { UnsafeMutableRawPointer($0) })
        guard result == SQLITE_OK else { throw SQLError(result, of: db.sqliteConnection) }
        try Self.emptyLog(db)
        try db.inTransaction {
          try Self.create(schema, db)
          return .commit
        }
      }
    } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// Drops tables in one transaction, and then empties the write-ahead log.
  ///
  /// When this returns, the file and its write-ahead log contain no byte of these tables, even if an earlier call
  /// dropped the tables and was then interrupted. The pages of a table belong to this table alone, and SQLite
  /// overwrites them with zeros when the table is dropped.
  ///
  /// - Parameter body: Drops the tables.
  package func drop(_ body: @escaping @Sendable (Connection) throws -> Void) async throws {
    do {
      try await pool.write { try body(Connection($0)) }
      try await pool.barrierWriteWithoutTransaction(Self.emptyLog)
    } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// Copies the write-ahead log into the file and empties the log.
  ///
  /// Call this in a barrier, because no connection may read the file during this call.
  private static func emptyLog(_ db: Database) throws {
    let isBlocked = try Bool.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") ?? true
    guard !isBlocked else { throw StorageError.locked }
  }

  /// Copies the write-ahead log into the file, and closes all connections.
  package func close() throws {
    // When the last connection is closed, SQLite deletes the write-ahead log, but only if this connection can write. So
    // the read connections are closed first.
    pool.invalidateReadOnlyConnections()
    try pool.close()
  }
}
