#if PostgreSQL
import ReflogModel
import ReflogPostgreSQL
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that the queries of ``QueryPlanTests`` are also answered by index lookups in PostgreSQL.
@Suite(.enabled(if: PostgreSQLTestDatabase.server != nil, "REFLOG_TEST_POSTGRESQL is not set"))
struct PostgreSQLQueryPlanTests {
  /// The tables that grow with the history.
  private static let tables = ["change", "change_personal", "entry"]

  @Test func anIndexAnswersEachQuery() async throws {
    try await withHistory { history in
      for (question, index) in QueryPlanTests.questions {
        for isAscending in [true, false] {
          let query = ChangeQuery(filter: try question.map(ChangeFilter.parse), isAscending: isAscending)
          let plan = try await history.plan(of: query)

          let name = index == QueryPlanTests.primaryKey ? "change_pkey" : index
          #expect(plan.contains { $0.contains(" using \(name) on change ") }, "\(question ?? ""): \(plan)")
          for table in Self.tables {
            #expect(!plan.contains { $0.contains("Seq Scan on \(table) ") }, "\(question ?? ""): \(plan)")
          }
          #expect(!plan.contains { $0.contains("Merge") || $0.contains("Hash Join") }, "\(question ?? ""): \(plan)")
          // Only pending changes are sorted. Each address has at most one pending change.
          let sorts = plan.count { $0.contains("Sort Key") }
          #expect(sorts <= plan.count { $0.contains("change_pending") }, "\(question ?? ""): \(plan)")
        }
      }
    }
  }

  /// Webhooks read the log in small ranges, so the length of the log must not matter.
  @Test func settledChangesAreFoundByTheirEntries() async throws {
    try await withHistory { history in
      let condition = History.settledChanges.replacing(":after", with: "4000").replacing(":end", with: "4256")
      let plan = try await history.read { db in
        try db.rows("EXPLAIN (COSTS off) \(ChangeRows.select) \(condition)", kept: false) { try $0.text(0) }
      }

      #expect(plan.contains { $0.contains("using entry_pkey on entry") && !$0.contains("on entry ") }, "\(plan)")
      #expect(plan.contains { $0.contains("using change_pkey on change") }, "\(plan)")
      #expect(!plan.contains { $0.contains("Seq Scan") }, "\(plan)")
    }
  }

  /// The queries of the pages of an actor and of a connector, each with the index that the plan must use.
  private static let pages: [(sql: String, arguments: SQLArguments, index: String)] = [
    (
      "SELECT id FROM service_event WHERE \(History.eventsOfActor(includesReads: false))",
      ["actor": 1, "first": 1, "end": Int64.max, "limit": 26], "service_event_action"
    ),
    (
      "SELECT id FROM service_event WHERE \(History.eventsOfActor(includesReads: true))",
      ["actor": 1, "first": 1, "end": Int64.max, "limit": 26], "service_event_actor"
    ),
    (
      "SELECT change.id FROM change \(History.callsOfConnector)",
      ["connector": 1, "first": 1, "last": Int64.max, "limit": 11], "change_after_connector"
    ),
    (History.countsOfActor, ["actor": 1, "first": 1, "last": Int64.max], "change_actor"),
  ]

  @Test func anIndexAnswersTheQueriesOfThePagesOfActorsAndConnectors() async throws {
    try await withHistory { history in
      for (sql, arguments, index) in Self.pages {
        let plan = try await history.read { db in
          try db.rows("\(db.dialect.explain) \(sql)", arguments, kept: false) { row in
            try row.text(db.dialect.explainColumn)
          }
        }
        #expect(plan.contains { $0.contains(index) }, "\(plan)")
        for table in ["change ", "service_event"] {
          #expect(!plan.contains { $0.contains("Seq Scan on \(table)") }, "\(plan)")
        }
      }
    }
  }

  /// A merge join would read the tables from their beginning, so each piece of an export would take longer than the
  /// piece before it.
  @Test func aPieceOfALongHistoryReadsOnlyItsRows() async throws {
    try await withHistory { history in
      let plan = try await history.read { db in
        try db.rows(
          """
          EXPLAIN (ANALYZE, COSTS off, TIMING off) \(ChangeRows.select)
          WHERE change.id BETWEEN ? AND ? ORDER BY change.id LIMIT ?
          """,
          [4000, 5000, 10],
          kept: false
        ) { try $0.text(0) }
      }

      let scans = plan.filter { $0.contains(" Scan ") }
      let found = scans.filter { $0.contains("rows=10 loops=1)") || $0.contains("rows=1 loops=10)") }
      #expect(found.count == 4, "\(plan)")
      // The scans of the table `freeze_override` find no row, because no change of the history overrides a freeze.
      let overrides = scans.filter { $0.contains(" on freeze_override ") && $0.contains("rows=0 loops=10)") }
      #expect(scans.count == found.count + overrides.count, "\(plan)")
    }
  }

  /// Calls `body` with a history of 5,000 changes.
  private func withHistory(_ body: (History) async throws -> Void) async throws {
    let database = try PostgreSQLTestDatabase(of: try #require(PostgreSQLTestDatabase.server))
    do {
      try PostgreSQLLedger(at: database.owner, acceptsNoStandby: true).close()
      let connection = try database.connect()
      for statement in Self.statements { try connection.execute(statement) }
      try await body(try PostgreSQLLedger.history(at: database.service))
    } catch {
      // An error of the deletion is ignored, so that the caller gets the error of `body`.
      try? database.drop()
      throw error
    }
    try database.drop()
  }

  /// The statements that insert the history. The hashes are not valid, because the tests only read the query plans.
  private static let statements =
    (tables + ["service_event"]).map { "ALTER TABLE \($0) DISABLE TRIGGER USER" } + [
      "INSERT INTO flow (flow_type, flow_id) SELECT 'b2cUserFlows', 'B2C_1_' || i FROM generate_series(1, 499) AS i",
      "INSERT INTO flow (flow_type, flow_id) VALUES ('b2cUserFlows', 'B2C_1_signup')",
      "INSERT INTO step (name) VALUES ('postFederationSignup'), ('preTokenIssuance')",
      "INSERT INTO address (flow, step) SELECT flow.id, step.id FROM flow, step",
      "INSERT INTO connector (connector_id) SELECT 'connector' || i FROM generate_series(1, 198) AS i",
      """
      INSERT INTO connector (connector_id)
      VALUES ('3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01'), ('8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602')
      """,
      "INSERT INTO connector_name (connector, display_name) SELECT id, 'Fraud check' FROM connector WHERE id > 198",
      "INSERT INTO actor (actor_type, actor_id) SELECT 'user', 'user' || i FROM generate_series(1, 98) AS i",
      "INSERT INTO actor (actor_type, actor_id) VALUES ('user', 'adele'), ('token', '0123456789abcdef')",
      """
      INSERT INTO actor_name (actor, name, user_principal_name)
      SELECT id, CASE actor_type WHEN 'token' THEN 'deploy' ELSE actor_id END, actor_id || '@contoso.example' FROM actor
      """,
      """
      INSERT INTO change (
        id, intent_sequence, activity_time, address, kind, before_connector, after_connector, actor, request_id,
        correlation_id, batch_id, result, outcome_sequence, result_delay
      )
      SELECT i, 2 * i, i, i % 1000 + 1, 'update', i % 200 + 1, (i + i % 10) % 200 + 1, i % 100 + 1, i::text,
        (i / 10)::text, (i / 20)::text,
        CASE WHEN i > 4990 THEN 'pending' WHEN i % 50 = 1 THEN 'denied' ELSE 'applied' END,
        CASE WHEN i <= 4990 THEN 2 * i + 1 END, CASE WHEN i <= 4990 THEN 1 END
      FROM generate_series(1, 5000) AS i
      """,
      """
      INSERT INTO change_personal (change, salt, actor_name)
      SELECT id, decode(repeat('00', 16), 'hex'), actor FROM change
      """,
      """
      INSERT INTO entry (sequence, change, hash, salt)
      SELECT i, i / 2, decode(repeat('00', 32), 'hex'), decode(repeat('00', 16), 'hex')
      FROM generate_series(2, 10001) AS i
      """,
      """
      INSERT INTO service_event (id, sequence, time, kind, actor, count, details)
      SELECT i, 10001 + i, i, CASE WHEN i % 500 < 100 THEN 'export' ELSE 'historyRead' END, i % 100 + 1, 1, '{}'
      FROM generate_series(1, 5000) AS i
      """,
      """
      ANALYZE flow, step, address, connector, connector_name, actor, actor_name, change, change_personal, entry,
        service_event
      """,
    ]
}
#endif
