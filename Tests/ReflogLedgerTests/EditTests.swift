import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that no SQL statement can edit or delete a recorded row in any table.
///
/// The statements are generated from the schema, so a new table or a new column is tested too.
struct EditTests {
  /// The tables that are not part of the history, so their rows can be edited.
  private static let unprotected: Set = [
    "seen_reference", "seen_connector", "sweep", "unread_part", "idempotency", "time_rollback", "sqlite_sequence",
    "grdb_migrations",
  ]

  /// SQL that runs before each edit.
  static let settings = [
    "PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON",
    "PRAGMA foreign_keys = ON; PRAGMA defer_foreign_keys = ON",
  ]

  @Test(arguments: settings)
  func noStatementEditsARecordedRow(setting: String) async throws {
    try await withFullLedger { _, storage in
      let tables = try sqlite3(storage.path, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
        .split(separator: "\n").map(String.init)
      #expect(Self.unprotected.isSubset(of: tables))
      var (edits, edited) = (0, [String]())
      for table in tables where !Self.unprotected.contains(table) {
        #expect(try sqlite3(storage.path, "SELECT count(*) FROM \(table)") != "0", "\(table) has no row to edit")
        let statements = try Self.edits(of: table, storage.path)
        edits += statements.count
        edited += try Self.effective(statements, on: table, after: setting, storage.path)
      }

      #expect(edits > 3000)
      #expect(edited == [], "\(edited.count) edits")
    }
  }

  /// If the triggers are removed, the edits must succeed. Otherwise the other test could pass without a single real
  /// edit.
  @Test func theEditsArePossibleWithoutTheTriggers() async throws {
    try await withFullLedger { _, storage in
      for table in ["change", "subtree", "erasure"] {
        let statements = try Self.edits(of: table, storage.path)
        _ = try sqlite3(storage.path, "DROP TRIGGER \(table)_update; DROP TRIGGER \(table)_insert")
        #expect(try Self.effective(statements, on: table, after: "SELECT 1", storage.path).count > 10, "\(table)")
      }
    }
  }

  /// Returns statements that edit, replace or delete rows of a table.
  private static func edits(of table: String, _ path: String) throws -> [String] {
    let columns = try sqlite3(path, "SELECT name FROM pragma_table_info('\(table)')").split(separator: "\n")
      .map(String.init)
    let hasRowID = try !sqlite3(path, "SELECT sql FROM sqlite_schema WHERE name = '\(table)'").contains("WITHOUT ROWID")
    let list = columns.joined(separator: ", ")
    func inserted(_ column: String, _ value: String) -> String {
      columns.map { $0 == column ? value : $0 }.joined(separator: ", ")
    }
    var statements = ["DELETE FROM \(table)"]
    for column in columns + (hasRowID ? ["rowid", "_rowid_", "oid"] : []) {
      let values = [
        "\(column) + 1", "-\(column)", "'other'", "''", "NULL", "0", "1", "zeroblob(32)", "zeroblob(16)",
        "\(column) || 'x'", "(SELECT \(column) FROM \(table) ORDER BY 1 DESC LIMIT 1)",
      ]
      for value in values {
        statements.append("UPDATE \(table) SET \(column) = \(value)")
        statements.append("UPDATE OR REPLACE \(table) SET \(column) = \(value)")
        guard columns.contains(column) else { continue }
        statements.append("REPLACE INTO \(table) (\(list)) SELECT \(inserted(column, value)) FROM \(table)")
        statements.append(
          """
          INSERT INTO \(table) (\(list)) SELECT \(list) FROM \(table) WHERE true
          ON CONFLICT DO UPDATE SET \(column) = \(value)
          """
        )
      }
    }
    return statements
  }

  /// Returns those of the SQL statements that really delete an existing row or change its values.
  private static func effective(
    _ statements: [String],
    on table: String,
    after setting: String,
    _ path: String
  ) throws -> [String] {
    var script = [setting, "CREATE TEMP TABLE earlier AS SELECT * FROM \(table)"]
    for (number, statement) in statements.enumerated() {
      script += [
        "SAVEPOINT edit", statement,
        "SELECT '=\(number)' FROM (SELECT * FROM earlier EXCEPT SELECT * FROM \(table)) LIMIT 1",
        "ROLLBACK TO edit", "RELEASE edit",
      ]
    }
    return try sqlite3(path, script: script).split(separator: "\n").compactMap { line in
      line.hasPrefix("=") ? Int(line.dropFirst()).map { statements[$0] } : nil
    }
  }
}
