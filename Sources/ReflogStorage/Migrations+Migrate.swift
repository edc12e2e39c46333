import GRDB
import ReflogMigrations

extension Migrations {
  /// Migrates the file to the newest schema, with one transaction for each migration.
  func migrate(_ writer: some DatabaseWriter, path: String) throws {
    let migrator = migrator
    guard try !writer.read(migrator.hasBeenSuperseded) else { throw StorageError.newerSchema(path: path) }
    try migrator.migrate(writer)
  }

  /// Throws if the schema of a file that is opened for reading is older or newer than the one this program knows.
  func refuseOtherSchema(_ db: Database, path: String) throws {
    let migrator = migrator
    if try migrator.hasBeenSuperseded(db) { throw StorageError.newerSchema(path: path) }
    guard try migrator.hasCompletedMigrations(db) else {
      throw StorageError.unusable(
        path: path,
        problem: "an older version of Reflog wrote it; start the server once to migrate it"
      )
    }
  }

  /// Throws if the schema of the file was altered.
  ///
  /// A view, a trigger or an index decides which rows are found and which rows can be deleted.
  func refuseAlteredSchema(_ writer: some DatabaseWriter, path: String) throws {
    let known = try DatabaseQueue()
    try migrator.migrate(known)
    let (expected, found) = (try known.read(Self.schema), try writer.read(Self.schema))
    let other = Set(expected.keys).union(found.keys).filter { expected[$0] != found[$0] }.sorted()
    guard let first = other.first else { return }
    throw StorageError.alteredSchema(path: path, name: first)
  }

  /// Returns the SQL of each item of the schema by its type and name, without the tables of SQLite and of the migrator.
  private static func schema(_ db: Database) throws -> [String: String] {
    let rows = try GRDB.Row.fetchAll(
      db,
      sql:
        "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        + "AND tbl_name <> 'grdb_migrations'"
    )
    return Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
  }

  /// Throws if another program made the file, before the file is opened for writing: Reflog's settings would alter it.
  ///
  /// This checks what can be read without writing. The rest is checked once the file is open. Call it while no
  /// connection of this process has the file open: closing a descriptor releases the locks of all other descriptors of
  /// the file (fcntl(2)).
  func refuseForeignFile(at path: String) throws {
    guard let header = try DatabaseHeader(ofFileAt: path), header.applicationID != applicationID else { return }
    guard header.applicationID == 0 else { throw StorageError.foreign(path: path) }
    // Reading a file in WAL mode would make a `-wal` and a `-shm` file next to it.
    guard !header.isWAL else { return }
    var configuration = Configuration()
    configuration.readonly = true
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.read { db in try refuseForeignFile(db, path: path) }
      try queue.close()
    } catch is DatabaseError {
      // An interrupted start leaves a journal that only a writer can roll back.
    }
  }

  /// Throws if the file was made by another program or is another kind of Reflog file.
  func refuseForeignFile(_ db: Database, path: String) throws {
    let found = try Int32.fetchOne(db, sql: "PRAGMA application_id")
    if found == applicationID { return }
    // An interrupted start may have left the migrator's table without any other table.
    let tables = "SELECT count(*) FROM sqlite_schema WHERE tbl_name <> 'grdb_migrations'"
    let isEmpty = try Int.fetchOne(db, sql: tables) == 0
    guard found == 0, isEmpty else { throw StorageError.foreign(path: path) }
  }

  private var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for (index, migration) in migrations.enumerated() {
      migrator.registerMigration(migration.name) { db in
        if index == 0 { try db.execute(sql: "PRAGMA application_id = \(applicationID)") }
        try db.execute(sql: migration.sql)
      }
    }
    return migrator
  }
}
