import GRDB
import Glibc
import ReflogMigrations

extension Migrations {
  /// Migrates the file to the newest schema; each migration is one transaction.
  func migrate(_ writer: some DatabaseWriter, path: String) throws {
    let migrator = migrator
    guard try !writer.read(migrator.hasBeenSuperseded) else { throw StorageError.newerSchema(path: path) }
    try migrator.migrate(writer)
  }

  /// Creates a file with the newest schema at a path that no other file has.
  ///
  /// The file gets its name only when it is complete and durable. So an interrupted start never leaves a file without
  /// tables at this path.
  ///
  /// - Throws: ``StorageError`` if another process created the file at the same time.
  func create(_ path: String, journal: String) throws {
    let unfinished = "\(path).\(getpid()).new"
    try DurableFile.remove(unfinished)
    do {
      try FileChecks.prepareFile(at: unfinished)
      var configuration = StorageSettings.configuration(of: .writable)
      configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA journal_mode = \(journal)") }
      let queue = try DatabaseQueue(path: unfinished, configuration: configuration)
      try migrate(queue, path: path)
      try queue.close()
      try DurableFile.moveToNew(unfinished, to: path)
    } catch {
      for ending in ["", "-wal", "-shm", "-journal"] { try? DurableFile.remove(unfinished + ending) }
      throw error
    }
  }

  /// Throws if a newer version of Reflog migrated the file.
  func refuseNewerSchema(_ db: Database, path: String) throws {
    if try migrator.hasBeenSuperseded(db) { throw StorageError.newerSchema(path: path) }
  }

  /// Returns whether the file has the schema of this version of Reflog.
  func isNewestSchema(_ db: Database) throws -> Bool { try migrator.hasCompletedMigrations(db) }

  /// Throws if a file that is opened for reading has an older schema than this version of Reflog.
  func refuseOlderSchema(_ db: Database, path: String) throws {
    guard try isNewestSchema(db) else {
      throw StorageError.unusable(
        path: path,
        problem: "an older version of Reflog wrote it; start the server once to migrate it"
      )
    }
  }

  /// Throws if the schema of the file was altered.
  ///
  /// An altered view, trigger or index could hide rows, or could allow the deletion of rows that must be kept.
  func refuseAlteredSchema(_ reader: some DatabaseReader, path: String) throws {
    guard let first = try alteredSchemaItems(reader).first else { return }
    throw StorageError.alteredSchema(path: path, name: first)
  }

  /// Returns the types and names of the items of the schema that are missing, altered or added.
  func alteredSchemaItems(_ reader: some DatabaseReader) throws -> [String] {
    let known = try DatabaseQueue()
    try migrator.migrate(known)
    let (expected, found) = (try known.read(Self.schema), try reader.read(Self.schema))
    return Set(expected.keys).union(found.keys).filter { expected[$0] != found[$0] }.sorted()
  }

  /// Returns the SQL text of each item of the schema.
  ///
  /// The key is the item's type and name. The tables of SQLite and of the migrator, and the indexes that SQLite created
  /// for constraints, are not included. A trigger or a view with the name of such a table is included, because a person
  /// can write it into the file, and SQLite then runs it.
  private static func schema(_ db: Database) throws -> [String: String] {
    let rows = try GRDB.Row.fetchAll(
      db,
      sql:
        "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE NOT (type = 'index' AND sql IS NULL) "
        + "AND NOT (type = 'table' AND (name LIKE 'sqlite\\_%' ESCAPE '\\' OR name = 'grdb_migrations'))"
    )
    return Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
  }

  /// Throws if another program created the file.
  ///
  /// Call this method before the file is opened for writing, because Reflog's settings would alter the file of another
  /// program. This method checks only the data that can be read without writing. The rest is checked after the file is
  /// open.
  ///
  /// Call this method only while no connection of this process has the file open. This method closes a descriptor of
  /// the file, and the kernel then releases all locks that the process holds on the file (fcntl(2)).
  func refuseForeignFile(at path: String) throws {
    guard let header = try DatabaseHeader(ofFileAt: path), header.applicationID != applicationID else { return }
    guard header.applicationID == 0 else { throw StorageError.foreign(path: path) }
    // When SQLite reads a file in WAL mode, it creates a `-wal` and a `-shm` file. Reflog must not create such files
    // next to another program's file, so a file in WAL mode is not read here.
    guard !header.isWAL else { return }
    var configuration = Configuration()
    configuration.readonly = true
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.read { db in try refuseForeignFile(db, path: path) }
      try queue.close()
    } catch is DatabaseError {
      // After an interrupted start, a journal file can exist. This read then fails, because only a writer can roll the
      // journal back. The error is ignored, because the check is repeated after the file is open.
    }
  }

  /// Throws if another program created the file, or if the file is a different kind of Reflog file.
  func refuseForeignFile(_ db: Database, path: String) throws {
    let found = try Int32.fetchOne(db, sql: "PRAGMA application_id")
    if found == applicationID { return }
    // After an interrupted start, the file can contain only the migrator's table. Such a file counts as empty.
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
