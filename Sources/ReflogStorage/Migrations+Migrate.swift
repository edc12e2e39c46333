import GRDB
import ReflogMigrations

extension Migrations {
  /// Brings the file to the newest schema, each migration in a transaction of its own.
  func migrate(_ writer: some DatabaseWriter, path: String) throws {
    let migrator = migrator
    guard try !writer.read(migrator.hasBeenSuperseded) else { throw StorageError.newerSchema(path: path) }
    try migrator.migrate(writer)
  }

  /// Refuses to read a file whose schema is not the one that this program knows.
  func refuseOtherSchema(_ db: Database, path: String) throws {
    let migrator = migrator
    if try migrator.hasBeenSuperseded(db) { throw StorageError.newerSchema(path: path) }
    guard try migrator.hasCompletedMigrations(db) else {
      throw StorageError.unusable(path: path, problem: "an older Reflog wrote it; start the server once to migrate it")
    }
  }

  /// Refuses a file whose schema somebody altered: a view, a trigger or an index decides what is found, and what may go.
  func refuseAlteredSchema(_ writer: some DatabaseWriter, path: String) throws {
    let known = try DatabaseQueue()
    try migrator.migrate(known)
    let (expected, found) = (try known.read(Self.schema), try writer.read(Self.schema))
    let other = Set(expected.keys).union(found.keys).filter { expected[$0] != found[$0] }.sorted()
    guard let first = other.first else { return }
    throw StorageError.alteredSchema(path: path, name: first)
  }

  /// The SQL of everything in the schema by its name, but for what SQLite and the migrator keep for themselves.
  private static func schema(_ db: Database) throws -> [String: String] {
    let rows = try GRDB.Row.fetchAll(
      db,
      sql:
        "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
        + "AND tbl_name <> 'grdb_migrations'"
    )
    return Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
  }

  /// Refuses a file that another program made, before it is opened for writing: Reflog's settings would alter it.
  ///
  /// What the header does not tell is found out once the file is open. Call it while no connection of this process has the file open: to
  /// close a descriptor takes away the locks of the others (fcntl(2)).
  func refuseForeignFile(at path: String) throws {
    guard let header = try DatabaseHeader(ofFileAt: path), header.applicationID != applicationID else { return }
    guard header.applicationID == 0 else { throw StorageError.foreign(path: path) }
    // To read a file in WAL mode makes files beside it.
    guard !header.isWAL else { return }
    var configuration = Configuration()
    configuration.readonly = true
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.read { db in try refuseForeignFile(db, path: path) }
      try queue.close()
    } catch is DatabaseError {
      // A start that was cut short leaves a journal, which only a writer can roll back.
    }
  }

  /// Refuses a file that another program made, or that is another of Reflog's files.
  func refuseForeignFile(_ db: Database, path: String) throws {
    let found = try Int32.fetchOne(db, sql: "PRAGMA application_id")
    if found == applicationID { return }
    // A start that was cut short may have left the migrator's own table, and nothing else.
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
