import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that a verification finds altered indexes, altered views and altered hashes of the tree.
///
/// The log does not contain indexes, views and hashes. But queries read indexes and views, and tiles contain hashes,
/// so an alteration would mislead a reader.
struct StoredCopyTests {
  /// The indexes that contain no row in the ledger of this test.
  private static let empty: Set = ["change_created_connector", "idempotency_recorded", "purge_unfinished"]

  @Test func anIndexThatHidesARowIsFound() async throws {
    try await withFullLedger { ledger, storage in
      #expect(try await ledger.report().findings == [])
      let indexes = try sqlite3(
        storage.path,
        "SELECT name || '|' || tbl_name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name"
      ).split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
      #expect(indexes.count > 25)
      for index in indexes where !Self.empty.contains(index[0]) {
        let (name, table) = (index[0], index[1])
        let sql = try sqlite3(storage.path, "SELECT sql FROM sqlite_schema WHERE name = '\(name)'")
        // Create the index with a false condition, so that the index contains no row. Later, restore the definition of
        // the index, so that only the content of the index differs.
        try editByHand(
          storage.path,
          "DROP INDEX \(name); \(sql)\(sql.contains("WHERE") ? " AND" : " WHERE") 1 = 0"
        )
        #expect(try await ledger.report().findings == [.alteredSchema(name: "index \(name)")])

        let quoted = sql.replacing("'", with: "''")
        try editByHand(
          storage.path,
          "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = '\(quoted)' WHERE name = '\(name)'"
        )
        let hidden = try await ledger.report().findings
        guard case .damagedTable(table, let problem)? = hidden.first, hidden.count == 1 else {
          Issue.record("\(name): \(hidden)")
          return
        }
        #expect(problem.contains("missing from index \(name)"))
        try editByHand(storage.path, "REINDEX \(name)")
        #expect(try await ledger.report().findings == [], "\(name)")
      }
    }
  }

  @Test(arguments: [
    ("DROP VIEW kept_change", "view kept_change"), ("CREATE VIEW shadow AS SELECT 1", "view shadow"),
    ("DROP INDEX change_actor", "index change_actor"), ("CREATE TABLE shadow (id)", "table shadow"),
  ])
  func anAlteredSchemaIsFound(statement: String, name: String) async throws {
    try await withLedgerFile { ledger, storage in
      try await ledger.record(Sample.intent(before: .none, after: .none), .found)

      #expect(try sqlite3(storage.path, statement) == "")

      #expect(try await ledger.report().findings == [.alteredSchema(name: name)])
    }
  }

  /// SQLite refuses this name in a statement, but not in a file.
  @Test func aViewWithAReservedNameIsFound() async throws {
    try await withLedgerFile { ledger, storage in
      try await ledger.record(Sample.intent(before: .none, after: .none), .found)

      let row = "('view', 'sqlite_x', 'sqlite_x', 0, 'CREATE VIEW sqlite_x AS SELECT 1')"
      let statement = "PRAGMA writable_schema = ON; INSERT INTO sqlite_schema VALUES \(row)"
      #expect(try sqlite3(storage.path, statement) == "")

      #expect(try await findings(of: ledger) == [.alteredSchema(name: "view sqlite_x")])
    }
  }

  @Test(arguments: [
    ("UPDATE subtree SET hash = zeroblob(32) WHERE position = 1", 1, 1),
    ("DELETE FROM subtree WHERE position = 0", 1, 0),
    ("INSERT INTO subtree VALUES (1, 2, zeroblob(32))", 1, 2),
    ("INSERT INTO subtree VALUES (2, 0, zeroblob(32))", 2, 0),
  ])
  func anAlteredHashInTheTreeIsFound(statement: String, level: Int64, position: Int64) async throws {
    try await withLedgerFile { ledger, storage in
      try await ledger.record((0..<600).map { _ in .init(Sample.intent(before: .none, after: .none), .found) })
      #expect(try await ledger.report().findings == [])

      try editByHand(storage.path, statement)

      #expect(try await ledger.report().findings == [.strangeSubtree(level: level, position: position)])
    }
  }
}
