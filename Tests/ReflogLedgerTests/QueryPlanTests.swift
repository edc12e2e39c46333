import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that the queries for a change and the queries of users are answered by lookups in an index.
///
/// So these queries are fast even if the history is long.
struct QueryPlanTests {
  @Test(arguments: [
    ("SELECT change.id FROM change \(History.newestApplied(SQLiteDialect()))", "change_applied"),
    (
      "SELECT id FROM change WHERE address = :address AND \(History.isEffective) AND id > 5 ORDER BY id LIMIT 9",
      "change_applied"
    ),
    (
      "SELECT id FROM change WHERE address = :address AND \(History.isEffective) ORDER BY id DESC LIMIT 1",
      "change_applied"
    ),
    (
      "SELECT id FROM change WHERE coalesce(address, -before_connector) = :address AND result = 'pending'",
      "change_pending"
    ),
    ("SELECT id FROM change WHERE address = :address ORDER BY id DESC LIMIT 32", "change_address"),
    (
      "SELECT id FROM service_event WHERE \(History.eventsOfActor(includesReads: false))", "service_event_action"
    ),
    ("SELECT id FROM service_event WHERE \(History.eventsOfActor(includesReads: true))", "service_event_actor"),
    ("SELECT change.id FROM change \(History.callsOfConnector)", "change_after_connector"),
    ("SELECT change.id FROM change \(History.firstEndsOfConnector)", "change_before_connector"),
    (History.referencesToConnector, "change_applied"),
    (
      "SELECT before_connector FROM change WHERE id = \(AppliedChange.oldest(at: ":address", SQLiteDialect()))",
      "change_applied"
    ),
    ("SELECT change.id FROM change \(History.editsSince)", "change_connector"),
    (History.newestEffectiveTime, "change_applied"),
    ("SELECT change.id FROM change \(History.namingConnector)", "change_after_connector"),
    (History.currentCalls, "change_applied"),
    ("SELECT change.id FROM change \(History.newestAppliedOfConnector)", "change_connector ("),
    (History.connectors, "change_connector ("),
    ("SELECT * FROM change_details WHERE id < 100 ORDER BY id DESC LIMIT 10", "INTEGER PRIMARY KEY"),
    ("SELECT * FROM history WHERE id < 100 ORDER BY id DESC LIMIT 10", "INTEGER PRIMARY KEY"),
    (
      "SELECT * FROM history WHERE id IN "
        + "(SELECT id FROM change WHERE correlation_id = x'5d4c3b2a1f0e4d9c8b7a6f5e4d3c2b1a') ORDER BY id",
      "change_correlation"
    ),
  ])
  func everyDocumentedQueryUsesItsIndex(query: String, index: String) async throws {
    try await withLedgerFile { _, storage in
      let plan = try sqlite3(storage.path, "EXPLAIN QUERY PLAN " + query)

      #expect(plan.contains(index), "\(plan)")
      #expect(!plan.contains("SCAN change\n") && !plan.contains("SCAN service_event"), "\(plan)")
      #expect(!plan.contains("TEMP B-TREE"), "\(plan)")
    }
  }

  /// An actor states few results, so they may be sorted by the sequence of the entry.
  @Test func theStatementsOfAnActorAreFoundWithAnIndex() async throws {
    try await withLedgerFile { _, storage in
      let query = "EXPLAIN QUERY PLAN SELECT change.id FROM change \(History.statementsOfActor)"
      let plan = try sqlite3(storage.path, query)

      #expect(plan.contains("change_statement_actor") && !plan.contains("SCAN"), "\(plan)")
    }
  }

  /// The count groups the changes of one actor, so it sorts only these changes.
  @Test func theChangesOfAnActorAreCountedWithAnIndex() async throws {
    try await withLedgerFile { _, storage in
      let plan = try sqlite3(storage.path, "EXPLAIN QUERY PLAN " + History.countsOfActor)

      #expect(plan.contains("SEARCH change USING INDEX change_actor"), "\(plan)")
    }
  }

  /// The transaction that deletes a connector finds the steps that call the connector.
  @Test func theStepsThatCallAConnectorAreFoundWithIndexes() async throws {
    try await withLedgerFile { _, storage in
      let plan = try sqlite3(storage.path, "EXPLAIN QUERY PLAN " + History.callers(SQLiteDialect()))

      #expect(plan.contains("SEARCH newest USING INTEGER PRIMARY KEY"), "\(plan)")
      #expect(plan.contains("SEARCH change USING INDEX change_applied"), "\(plan)")
      #expect(plan.contains("SEARCH change USING INDEX change_pending"), "\(plan)")
      #expect(!plan.contains("SCAN change") && !plan.contains("AUTOMATIC"), "\(plan)")
    }
  }

  /// If a connector was changed without Reflog, the transaction that records this finds the steps that called the
  /// connector earlier. At each step, it reads only the changes since a given change.
  @Test func theStepsThatCalledAConnectorAreFoundInARangeOfIDs() async throws {
    try await withLedgerFile { _, storage in
      let plan = try sqlite3(storage.path, "EXPLAIN QUERY PLAN " + History.formerCallers(SQLiteDialect()))

      #expect(plan.contains("SEARCH change USING INDEX change_applied (address=? AND <expr>=? AND rowid>?)"), "\(plan)")
      #expect(plan.contains("SEARCH settled USING INDEX change_applied"), "\(plan)")
      #expect(!plan.contains("SCAN change") && !plan.contains("AUTOMATIC"), "\(plan)")
    }
  }

  /// Webhooks read the log in small ranges, so the length of the log must not matter.
  @Test func settledChangesAreFoundByTheirEntries() async throws {
    try await withLedgerFile { _, storage in
      let condition = History.settledChanges.replacing(":after", with: "7").replacing(":end", with: "9")
      let plan = try sqlite3(storage.path, "EXPLAIN QUERY PLAN \(ChangeRows.select) \(condition)")

      #expect(plan.contains("SEARCH entry USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"), "\(plan)")
      #expect(!plan.contains("SCAN change") && !plan.contains("TEMP B-TREE"), "\(plan)")
    }
  }

  /// The index contains only pending changes, so the index is always small.
  ///
  /// Each address and each connector has at most one pending change.
  @Test func pendingChangesAreFoundWithASeparateIndex() async throws {
    try await withLedgerFile { ledger, storage in
      try await ledger.record(Sample.intent(before: .none, after: .none), .found)
      try await ledger.record(Sample.intent(before: .none, after: .none), .intended)

      let plan = try sqlite3(
        storage.path,
        "EXPLAIN QUERY PLAN SELECT id FROM change INDEXED BY change_pending "
          + "WHERE result = 'pending' AND id > 0 ORDER BY id"
      )

      #expect(plan.contains("change_pending"), "\(plan)")
      #expect(try await ledger.history.pendingIDs(after: nil, limit: 10) == [Change.ID(2)])
    }
  }

  /// The filters of queries, and the index that each query plan must use. The first query has no filter.
  ///
  /// The list contains the queries of `tools/bench history`. ``primaryKey`` means that a query reads a range of ids.
  static let questions: [(filter: String?, index: String)] = [
    (nil, primaryKey), ("activityDateTime lt 2026-03-01T00:00:00Z", primaryKey),
    ("activityDateTime ge 1970-01-01T00:00:00Z", primaryKey),
    ("flowId eq 'B2C_1_signup' and activityDateTime ge 1970-01-01T00:00:00Z", "change_address"),
    ("initiatedBy/user/id eq 'adele'", "change_actor"),
    ("initiatedBy/user/userPrincipalName eq 'adele@contoso.example'", "change_actor"),
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
    ("result ne 'applied'", "change_result"), ("result eq 'denied'", "change_result"),
    ("result in ('pending', 'denied')", "change_result"),
    ("correlationId eq '5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a'", "change_correlation"),
    ("correlationId eq 'it''s'", "change_correlation"),
    ("batchId eq '5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a'", "change_batch"),
    ("reason eq 'x' and flowId eq 'B2C_1_signup'", "change_address"),
    ("contains(flowId,'SIGN')", "change_address"), ("contains(step,'federation')", "change_address"),
    ("contains(flowId,'sign') and startswith(step,'post')", "change_address"),
    ("contains(tolower(initiatedBy/token/displayName),'depl')", "change_actor"),
    ("contains(initiatedBy/token/id,'0123')", "change_actor"),
    ("startswith(before/connectorId,'3F1C')", "change_before_connector"),
    ("contains(tolower(before/displayName),'fraud')", "change_before_connector"),
    ("contains(tolower(after/displayName),'fraud')", "change_after_connector"),
    ("contains(tolower(reason),'x') and contains(flowId,'sign')", "change_address"),
  ]
  static let primaryKey = "PRIMARY KEY"

  @Test(arguments: questions.indices)
  func everyFilterUsesItsIndex(_ number: Int) async throws {
    let (question, index) = Self.questions[number]
    let user = Change.Actor(type: .user, id: "adele", userPrincipalName: "adele@contoso.example", proof: .entra)
    try await withLedgerFile { ledger, _ in
      try await ledger.record([
        .init(Sample.intent(before: Sample.fraudCheck, after: Sample.newVendor), .found),
        .init(Sample.intent(before: Sample.newVendor, after: Sample.fraudCheck, by: user), .found),
      ])

      for isAscending in [true, false] {
        let query = ChangeQuery(filter: try question.map(ChangeFilter.parse), isAscending: isAscending)
        let plan = try await ledger.history.plan(of: query)

        #expect(plan.contains { $0.hasPrefix("SEARCH change ") && $0.contains(index) }, "\(plan)")
        #expect(!plan.contains { $0.hasPrefix("SCAN change") || $0.contains("TEMP B-TREE FOR ORDER BY") }, "\(plan)")
      }
    }
  }

  /// Each argument has a filter on a flow, and the indexes that find the changes of the flow's connectors.
  @Test(arguments: [
    ("flowId eq 'b2c_1_signup'", ["change_applied", "change_connector"]),
    ("flowId eq 'B2C_1_signup' and kind eq 'update'", ["change_applied", "change_connector"]),
    ("flowId eq 'B2C_1_signup' and result eq 'denied'", ["change_result", "change_applied"]),
    ("subject eq 'connector' and before/connectorId eq '3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01'", ["change_connector"]),
  ])
  func indexesAnswerAQueryThatIncludesTheImpactOnFlows(question: String, indexes: [String]) async throws {
    try await withLedgerFile { ledger, _ in
      try await ledger.record([
        .init(Sample.intent(before: Sample.fraudCheck, after: Sample.newVendor), .found),
        .init(Sample.intent(before: Sample.newVendor, after: Sample.fraudCheck), .found),
      ])

      for isAscending in [true, false] {
        let filter = try ChangeFilter.parse(question)
        let query = ChangeQuery(filter: filter, isAscending: isAscending, includesImpact: true)
        let plan = try await ledger.history.plan(of: query)

        for index in indexes { #expect(plan.contains { $0.contains("INDEX \(index) ") }, "\(index): \(plan)") }
        #expect(!plan.contains { $0.hasPrefix("SCAN change") || $0.hasPrefix("SCAN edit") }, "\(plan)")
      }
    }
  }

  /// The SQL for a filter must not nest parentheses too deeply, because SQLite's parser has a limit.
  @Test(arguments: [" or ", " and "])
  func aFilterWithTheMaximumNumberOfTermsIsAnswered(separator: String) async throws {
    try await withLedgerFile { ledger, _ in
      try await ledger.record(Sample.intent(before: .none, after: .none), .found)
      let text = Array(repeating: "contains(reason,'n')", count: 200).joined(separator: separator)
      let found = try await ledger.history.changes(ChangeQuery(filter: try ChangeFilter.parse(text)))
      #expect(found.isEmpty)
    }
  }

  @Test func theNumberOfIDsOfAReadGrowsUpToTheMaximum() {
    #expect(History.grown(1000, upTo: 10_000) == 4000)
    #expect(History.grown(4000, upTo: 10_000) == 10_000)
    #expect(History.grown(.max, upTo: .max) == .max)
  }

  @Test func aFilterThatNoChangeCanMatchRunsNoQuery() async throws {
    try await withLedgerFile { ledger, _ in
      try await ledger.record(Sample.intent(before: .none, after: .none), .found)
      let query = ChangeQuery(filter: try ChangeFilter.parse("flowId eq 'nobody'"))
      let (plan, found) = (try await ledger.history.plan(of: query), try await ledger.history.changes(query))
      #expect(plan.isEmpty && found.isEmpty)
    }
  }
}
