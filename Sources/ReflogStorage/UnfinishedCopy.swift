import GRDB
import ReflogMigrations

/// The state of a ledger's file while the rows of another ledger are copied into the file.
///
/// During this time, the file has the table `migration` and no triggers. The triggers are missing, because they would
/// refuse rows that this ledger did not record itself.
package enum UnfinishedCopy {
  /// The table that exists until the copy is complete.
  package static let table = "migration"

  /// Returns whether the file is an unfinished copy.
  static func exists(_ db: Database) throws -> Bool { try db.tableExists(table) }
}

extension Storage {
  /// Removes all triggers of the schema; call this method in a transaction.
  package static func dropTriggers(_ db: Connection) throws {
    let names = try db.rows("SELECT name FROM sqlite_schema WHERE type = 'trigger'") { try $0.text(0) }
    for name in names {
      try db.executeAll("DROP TRIGGER \"\(name)\"")
    }
  }

  /// Creates all triggers of the newest schema; call this method in a transaction.
  package static func createTriggers(_ db: Connection, of kind: StorageKind) throws {
    for trigger in try kind.migrations.triggers() { try db.executeAll(trigger) }
  }

  /// Copies the write-ahead log into the file, so that the log does not grow while many rows are loaded.
  package func checkpointLoad() throws {
    try withWriteConnection { connection in
      var log = WriteAheadLog(connection, of: files)
      try log.checkpoint()
    }
  }
}

extension Migrations {
  /// Returns the SQL texts of the triggers of the newest schema.
  fileprivate func triggers() throws -> [String] {
    let schema = try DatabaseQueue()
    try migrate(schema, path: "")
    return try schema.read { db in
      try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid")
    }
  }
}
