import GRDB

/// A small SQLite file in rollback-journal mode that several processes open at once, such as the server and the command
/// line.
package struct SharedStorage: Sendable {
  private let queue: DatabaseQueue

  /// Opens the file, or makes it if it may, with the newest schema.
  package init(path: String, kind: StorageKind, creating: Bool) throws {
    guard creating || FileChecks.exists(path) else {
      throw StorageError.unusable(path: path, problem: "there is no such file")
    }
    try FileChecks.prepareFile(at: path)
    do {
      var configuration = StorageSettings.configuration(of: .writable)
      configuration.prepareDatabase { db in
        try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON;")
      }
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.read { db in try kind.migrations.refuseForeignFile(db, path: path) }
      try kind.migrations.migrate(queue, path: path)
    } catch let error as DatabaseError {
      throw StorageError.unusable(path: path, problem: error.message ?? error.description)
    }
  }

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
