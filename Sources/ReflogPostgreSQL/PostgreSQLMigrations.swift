#if PostgreSQL
import ReflogMigrations
import ReflogStorage

/// The migrations of a ledger in PostgreSQL.
///
/// The table `schema_version` has one row with the version of the schema. A migration locks the row, so two processes
/// never migrate at the same time.
enum PostgreSQLMigrations {
  /// Creates the tables, or migrates the tables to the newest version.
  ///
  /// - Parameters:
  ///   - connection: A connection without an open transaction.
  ///   - address: The address of the database.
  ///   - isLoading: Whether to accept an unfinished copy of another ledger. The value is true while rows are copied
  ///     into the database.
  /// - Throws: ``StorageError`` if the database belongs to another program, if a newer version of Reflog migrated it,
  ///   or if the role has no right to create tables.
  static func migrate(
    _ connection: PostgreSQLConnection,
    _ address: PostgreSQLAddress,
    isLoading: Bool = false
  ) throws {
    let newest = Int64(Migrations.postgreSQL.migrations.count)
    let name = address.description
    if let version = try version(connection, name, isLoading: isLoading) {
      guard version <= newest else { throw StorageError.newerSchema(path: name) }
      if version == newest { return }
    }
    do {
      connection.queue("BEGIN", [])
      _ = try connection.finish()
      // Another process may have migrated the database after the version was read, so the version is read again under
      // the lock.
      let version = try version(connection, name, locking: true, isLoading: isLoading) ?? 0
      for migration in Migrations.postgreSQL.migrations.dropFirst(Int(version)) {
        try connection.runScript(migration.sql)
      }
      connection.queue("COMMIT", [])
      _ = try connection.finish()
    } catch let error as SQLError {
      if try isMigratedByAnother(connection, name, isLoading: isLoading) { return }
      throw StorageError.unusable(
        path: name,
        problem: "its tables can't be created: \(error.message). Start Reflog once with a role that owns the database"
      )
    }
  }

  /// Ends the transaction of a failed migration, and returns whether another process created the tables in the
  /// meantime.
  ///
  /// Two processes can begin with the same empty database. Then the second process fails to create the first table.
  private static func isMigratedByAnother(
    _ connection: PostgreSQLConnection,
    _ name: String,
    isLoading: Bool
  ) throws -> Bool {
    guard !connection.isLost else { return false }
    connection.queue("ROLLBACK", [])
    _ = try connection.finish()
    return try version(connection, name, isLoading: isLoading) == Int64(Migrations.postgreSQL.migrations.count)
  }

  /// Throws an error if the database does not have the newest schema.
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

  /// Returns the version of the schema, or nil if the database has no tables.
  ///
  /// - Throws: ``StorageError`` if the search path selects another schema, if the tables belong to another program, if
  ///   the role has no right to read the tables, or if the database is an unfinished copy.
  private static func version(
    _ connection: PostgreSQLConnection,
    _ name: String,
    locking: Bool = false,
    isLoading: Bool = false
  ) throws -> Int64? {
    connection.queue(tables, [])
    var (hasVersion, isReadable, hasColumns, hasTables, role, isUnfinished) = (false, false, false, false, "", false)
    var (schema, searchPath) = ("", "")
    try connection.finish().last?.forEach { row in
      (hasVersion, isReadable) = (try row.bool(0), try row.bool(1))
      (hasColumns, hasTables, role) = (try row.bool(2), try row.bool(3), try row.text(4))
      isUnfinished = try row.bool(5)
      (schema, searchPath) = (try row.text(6), try row.text(7))
      return false
    }
    guard schema == Self.schema else {
      throw StorageError.unusable(
        path: name,
        problem: "its search_path is '\(searchPath)', so another schema hides the tables in the schema \(Self.schema). "
          + "Reset it with ALTER DATABASE … RESET search_path or ALTER ROLE … RESET search_path"
      )
    }
    let foreign = StorageError.unusable(
      path: name,
      problem: "it contains tables of another program. Create a database for Reflog alone"
    )
    guard hasVersion else {
      guard !hasTables else { throw foreign }
      return nil
    }
    guard isReadable else { throw StorageError.unusable(path: name, problem: ServerCheck.missingRights(of: role)) }
    guard hasColumns else { throw foreign }
    connection.queue(
      "SELECT version, application FROM schema_version WHERE id = 1\(locking ? " FOR UPDATE" : "")",
      []
    )
    var version: Int64?
    try connection.finish().last?.forEach { row in
      guard try row.text(1) == "reflog" else { throw foreign }
      version = try row.integer(0)
      return false
    }
    guard let version else { throw foreign }
    guard isLoading || !isUnfinished else { throw StorageError.unfinishedCopy(path: name) }
    return version
  }

  /// The schema that contains the tables.
  ///
  /// The functions of the triggers use this schema too.
  private static let schema = "public"

  /// The SQL that reads which tables the database contains and which rights the role has.
  ///
  /// The columns are, in this order:
  ///
  /// - Whether the table `schema_version` exists.
  /// - Whether the role may read this table.
  /// - Whether this table has the columns of Reflog.
  /// - Whether any table or view exists, except the tables and views of an extension.
  /// - The name of the role.
  /// - Whether the database is an unfinished copy.
  /// - The schema that is searched first.
  /// - The search path.
  private static let tables = """
    SELECT to_regclass('schema_version') IS NOT NULL,
      coalesce(has_table_privilege(to_regclass('schema_version'), 'SELECT'), FALSE),
      (
        SELECT count(*) FROM pg_attribute
        WHERE attrelid = to_regclass('schema_version') AND attname IN ('id', 'application', 'version')
      ) = 3,
      EXISTS (
        SELECT FROM pg_class
        WHERE relnamespace = to_regnamespace(current_schema()) AND relkind IN ('r', 'p', 'v', 'm', 'f')
          AND NOT EXISTS (
            SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e'
          )
      ),
      current_user::text,
      to_regclass('\(UnfinishedCopy.table)') IS NOT NULL,
      coalesce(current_schema()::text, ''), current_setting('search_path')
    """
}
#endif
