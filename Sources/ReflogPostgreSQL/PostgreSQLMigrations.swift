#if PostgreSQL
import ReflogMigrations
import ReflogStorage

/// The migrations of a ledger in PostgreSQL.
///
/// The table `schema_version` has one row with the version. The row is locked while a migration runs, so two processes
/// never migrate at the same time.
enum PostgreSQLMigrations {
  /// Creates the tables if the database has none.
  ///
  /// - Throws: ``StorageError`` if the database belongs to another program, if a newer version of Reflog migrated it, or
  ///   if the role may not create tables.
  static func migrate(_ connection: PostgreSQLConnection, _ address: PostgreSQLAddress) throws {
    let newest = Int64(Migrations.postgreSQL.migrations.count)
    let name = address.description
    if let version = try version(connection, name) {
      guard version <= newest else { throw StorageError.newerSchema(path: name) }
      if version == newest { return }
    }
    do {
      connection.queue("BEGIN", [])
      _ = try connection.finish()
      // Another process may have migrated the database since the version was read.
      let version = try version(connection, name, locking: true) ?? 0
      for migration in Migrations.postgreSQL.migrations.dropFirst(Int(version)) {
        try connection.runScript(migration.sql)
      }
      connection.queue("COMMIT", [])
      _ = try connection.finish()
    } catch let error as SQLError {
      throw StorageError.unusable(
        path: name,
        problem: "its tables can't be created: \(error.message). Start Reflog once with a role that owns the database"
      )
    }
  }

  /// Throws unless the database has the newest schema.
  static func check(_ connection: PostgreSQLConnection, _ address: PostgreSQLAddress) throws {
    let (name, newest) = (address.description, Int64(Migrations.postgreSQL.migrations.count))
    guard let version = try version(connection, name) else { throw StorageError.noTables(path: name) }
    guard version <= newest else { throw StorageError.newerSchema(path: name) }
    guard version == newest else {
      throw StorageError.unusable(
        path: name,
        problem: "an older version of Reflog wrote it; start the server once to migrate it"
      )
    }
  }

  /// Returns the version of the schema, or nil if the database has no table of Reflog.
  private static func version(
    _ connection: PostgreSQLConnection,
    _ name: String,
    locking: Bool = false
  ) throws -> Int64? {
    connection.queue(
      "SELECT to_regclass('schema_version') IS NOT NULL, to_regclass('change') IS NOT NULL",
      []
    )
    var (hasVersion, hasChanges) = (false, false)
    try connection.finish().last?.forEach { row in
      (hasVersion, hasChanges) = (try row.bool(0), try row.bool(1))
      return false
    }
    guard hasVersion else {
      guard !hasChanges else { throw StorageError.foreign(path: name) }
      return nil
    }
    connection.queue(
      "SELECT version, application FROM schema_version WHERE id = 1\(locking ? " FOR UPDATE" : "")",
      []
    )
    var version: Int64?
    try connection.finish().last?.forEach { row in
      guard try row.text(1) == "reflog" else { throw StorageError.foreign(path: name) }
      version = try row.integer(0)
      return false
    }
    return version
  }
}
#endif
