import GRDB
import Glibc

/// A small SQLite file in rollback-journal mode.
///
/// Several processes can open the file at the same time, for example the server and the command line.
package struct SharedStorage: Sendable {
  private let queue: DatabaseQueue
  private let file: FileVersion

  /// Opens the file and migrates it to the newest schema.
  ///
  /// If the file does not exist, this method creates the file if `creating` is true, and throws if `creating` is false.
  package init(path: String, kind: StorageKind, creating: Bool) throws {
    guard creating || FileChecks.exists(path) else {
      throw StorageError.unusable(path: path, problem: "the file does not exist")
    }
    do {
      if !FileChecks.isTaken(path) { try Self.create(path, kind) }
      try FileChecks.checkFile(at: path)
      _ = try FileState(ofFileAt: path, kind: kind)
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

  /// Creates the file; does nothing if another process creates it at the same time.
  private static func create(_ path: String, _ kind: StorageKind) throws {
    do {
      try kind.migrations.create(path, journal: "DELETE")
    } catch {
      // Another process created a complete file at this path in the meantime. Then that file is used, and the error is
      // ignored.
      guard FileChecks.exists(path) else { throw error }
    }
  }

  /// The version of the file's contents, or nil if the version can't be read.
  ///
  /// Every transaction that writes to the file changes the version, including the transactions of other processes.
  package var version: UInt32? { file.current }

  /// Reads in one transaction.
  package func read<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
    do { return try await queue.read { try body(Connection($0)) } } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// Writes in one transaction.
  ///
  /// The transaction is durable when this method returns.
  package func write<Value: Sendable>(_ body: @escaping @Sendable (Connection) throws -> Value) async throws -> Value {
    do { return try await queue.write { try body(Connection($0)) } } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }
}

/// The change counter of a SQLite file in rollback-journal mode (sqlite.org/fileformat2, §1.3.8).
private final class FileVersion: Sendable {
  /// The descriptor of the open file.
  ///
  /// The descriptor is never closed. If it were closed, the kernel would release all locks that SQLite holds on the
  /// file in this process (fcntl(2)).
  private let descriptor: Int32

  /// Opens the file to read its change counter.
  init(path: String) throws(StorageError) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unusable(path: path, problem: lastSystemError()) }
  }

  /// The change counter, or nil if the counter can't be read.
  var current: UInt32? {
    var counter: UInt32 = 0
    guard pread(descriptor, &counter, 4, 24) == 4 else { return nil }
    return UInt32(bigEndian: counter)
  }
}
