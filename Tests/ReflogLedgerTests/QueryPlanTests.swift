import ReflogLedger
import ReflogModel
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

  /// The questions that people ask, and the index that answers each.
  @Test(arguments: [
    ("flowId eq 'b2c_1_signup'", "change_address"),
    ("flowId eq 'B2C_1_signup' and step eq 'postFederationSignup'", "change_address"),
    ("initiatedBy/token/id eq '0123456789abcdef'", "change_actor"),
    ("initiatedBy/token/displayName eq 'deploy'", "change_actor"),
    ("before/connectorId eq '3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01'", "change_before_connector"),
    ("after/connectorId eq '8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602'", "change_after_connector"),
    (
      "before/connectorId eq '3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01' or "
        + "after/connectorId eq '3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01'", "change_before_connector"
    ),
    ("result ne 'applied'", "change_not_applied"), ("result eq 'denied'", "change_result"),
    ("result in ('pending', 'denied')", "change_result"),
    ("correlationId eq '5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a'", "change_correlation"),
    ("correlationId eq 'it''s'", "change_correlation"),
    ("batchId eq '5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a'", "change_batch"),
    ("reason eq 'x' and flowId eq 'B2C_1_signup'", "change_address"),
  ])
  func anIndexAnswersEachQuestion(question: String, index: String) async throws {
    try await withLedger { ledger, _ in
      try await ledger.record([
        .init(Sample.intent(before: Sample.fraudCheck, after: Sample.newVendor), .found),
        .init(Sample.intent(before: Sample.newVendor, after: Sample.fraudCheck), .found),
      ])

      for isAscending in [true, false] {
        let query = ChangeQuery(filter: try ChangeFilter.parse(question), isAscending: isAscending)
        let plan = try await ledger.history.plan(of: query)

        #expect(plan.contains { $0.hasPrefix("SEARCH change ") && $0.contains(index) }, "\(plan)")
        #expect(!plan.contains { $0.hasPrefix("SCAN change") || $0.contains("TEMP B-TREE FOR ORDER BY") }, "\(plan)")
      }
    }
  }

  @Test func whatNothingCanBeIsNotLookedFor() async throws {
    try await withLedger { ledger, _ in
      try await ledger.record(Sample.intent(before: .none, after: .none), .found)
      let query = ChangeQuery(filter: try ChangeFilter.parse("flowId eq 'nobody'"))
      let (plan, found) = (try await ledger.history.plan(of: query), try await ledger.history.changes(query))
      #expect(plan.isEmpty && found.isEmpty)
    }
  }
}
