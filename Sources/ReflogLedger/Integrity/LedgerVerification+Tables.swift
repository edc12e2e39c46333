import ReflogModel
import ReflogStorage

extension LedgerVerification {
  /// Finds tables and indexes that are damaged or altered.
  ///
  /// The other checks read rows by their numbers. So they do not find an index that lacks a row, and a query that uses
  /// this index would not find the row.
  func verifyTables() async throws(LedgerError) -> [LedgerReport.Finding] {
    let altered = try await history.alteredSchemaItems()
    var findings = altered.map { LedgerReport.Finding.alteredSchema(name: $0.printable) }
    for table in try await tables() {
      let problems: [String]
      do {
        problems = try await history.read { db in
          try db.rows("PRAGMA integrity_check(\"\(table)\")") { try $0.text(0) }.filter(Self.isDamage)
        }
      } catch {
        problems = [error.problem]
      }
      if let problem = problems.first { findings.append(.damagedTable(table, problem: problem.printable)) }
    }
    return findings
  }

  /// Returns the names of the ledger's own tables.
  private func tables() async throws(LedgerError) -> [String] {
    try await history.read { db in
      try db.rows("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name") {
        try $0.text(0)
      }
      .filter {
        $0 != "grdb_migrations" && $0.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0) }
      }
    }
  }

  /// Returns whether a line of SQLite's integrity check reports a damaged page or an index that differs from its table.
  ///
  /// The other lines report a value that the schema does not permit. Such a value does not match the log, so the checks
  /// of the rows report it.
  private static func isDamage(_ line: String) -> Bool {
    line != "ok" && !line.hasPrefix("CHECK constraint failed") && !line.contains(" value in ")
  }
}
