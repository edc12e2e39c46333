import GRDB
import Glibc

/// A small SQLite file in rollback-journal mode that several processes open at once, such as the server and the command
/// line.
package struct SharedStorage: Sendable {
  private let queue: DatabaseQueue
  private let file: FileVersion

  /// Opens the file, or makes it if it may, with the newest schema.
  package init(path: String, kind: StorageKind, creating: Bool) throws {
    guard creating || FileChecks.exists(path) else {
      throw StorageError.unusable(path: path, problem: "there is no such file")
    }
    try FileChecks.prepareFile(at: path)
    do {
      try kind.migrations.refuseForeignFile(at: path)
      var configuration = StorageSettings.configuration(of: .writable)
      configuration.prepareDatabase { db in
        try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON;")
      }
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.read { db in try kind.migrations.refuseForeignFile(db, path: path) }
      try kind.migrations.migrate(queue, path: path)
      file = try FileVersion(path: path)
    } catch let error as DatabaseError {
      throw StorageError.unusable(path: path, problem: error.message ?? error.description)
    }
  }

  /// Which version of the file it is: every transaction of any process makes another. Nil if that can't be told.
  package var version: UInt32? { file.current }

  /// Reads in a transaction of its own.
  package func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
    do { return try await queue.read { try body(Connection($0)) } } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// Writes in a transaction of its own, durable when this returns.
  package func write<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
    do { return try await queue.write { try body(Connection($0)) } } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }
}

/// The change counter of a SQLite file in rollback-journal mode (sqlite.org/fileformat2, §1.3.8).
private final class FileVersion: Sendable {
  /// Never closed: to close a descriptor of a file takes away all locks that SQLite has on it in this process (fcntl(2)).
  private let descriptor: Int32

  init(path: String) throws(StorageError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unusable(path: path, problem: lastSystemError()) }
  }

  var current: UInt32? {
    var counter: UInt32 = 0
    guard pread(descriptor, &counter, 4, 24) == 4 else { return nil }
    return UInt32(bigEndian: counter)
  }
}
