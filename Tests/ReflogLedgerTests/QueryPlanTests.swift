import ReflogLedger
import ReflogStorage
import ReflogTesting
import Testing

/// The path of a change asks these questions for every change, so each is a search, never a scan.
struct QueryPlanTests {
  private static let isEffective =
    "result = 'applied' AND (before_state <> after_state OR before_connector IS NOT after_connector)"

  @Test(arguments: [
    ("SELECT max(id) FROM change WHERE address = 1 AND result = 'applied'", "change_applied"),
    ("SELECT max(id) FROM change WHERE address = 1 AND \(isEffective)", "change_effective"),
    ("SELECT id FROM change WHERE address = 1 AND \(isEffective) AND id > 5 ORDER BY id LIMIT 9", "change_effective"),
    ("SELECT id FROM change WHERE address = 1 AND result = 'pending' AND subject = 'step'", "change_pending_address"),
    ("SELECT id FROM change WHERE result = 'pending' AND id > 3 ORDER BY id LIMIT 9", "change_pending"),
    ("SELECT * FROM history WHERE id < 100 ORDER BY id DESC LIMIT 10", "INTEGER PRIMARY KEY"),
  ])
  func theIndexIsUsed(query: String, index: String) async throws {
    try await withLedger { _, storage in
      let plan = try sqlite3(storage.path, "EXPLAIN QUERY PLAN " + query)

      #expect(plan.contains(index), "\(plan)")
      #expect(!plan.contains("SCAN change\n") && !plan.contains("TEMP B-TREE"), "\(plan)")
    }
  }
}
