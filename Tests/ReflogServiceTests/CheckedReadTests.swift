import Logging
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests that every read fails if it reads an altered row.
///
/// A read returns a change only if the row of the change matches the log.
struct CheckedReadTests {
  /// One of the calls that read changes, with a name for the test report.
  struct Question: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let ask: @Sendable (ServiceFixture) async throws -> Void

    init(_ name: String, _ ask: @escaping @Sendable (ServiceFixture) async throws -> Void) {
      testDescription = name
      self.ask = ask
    }
  }

  /// The id of the change that is altered in the tests: change 2, the rollback of change 1.
  private static let altered = Change.ID(2)

  private static let reader = Caller(actor: Sample.operatorActor, credential: .roles([.operator]))

  static let questions = [
    Question("a change by its id") { _ = try await $0.history.change(altered) },
    Question("a change by its id, for a caller") { _ = try await HistoryService(history: $0.history).change(altered) },
    Question("a page of history, newest first") { _ = try await $0.history.changes() },
    Question("a page of history, oldest first") { _ = try await $0.history.changes(ChangeQuery(isAscending: true)) },
    Question("a page of a filter that an index answers") {
      _ = try await $0.history.changes(ChangeQuery(filter: try ChangeFilter.parse("flowId eq 'B2C_1_signup'")))
    },
    Question("a page of a filter that several lookups answer") {
      let filter = "flowId eq 'B2C_1_signup' or correlationId eq 'correlation'"
      _ = try await $0.history.changes(ChangeQuery(filter: try ChangeFilter.parse(filter)))
    },
    Question("a page of a filter that a scan answers") {
      _ = try await $0.history.changes(ChangeQuery(filter: try ChangeFilter.parse("contains(reason,'CHG')")))
    },
    Question("a page of a filter that includes the impact on flows") {
      let filter = try ChangeFilter.parse("flowId eq 'B2C_1_signup'")
      _ = try await $0.history.changes(ChangeQuery(filter: filter, includesImpact: true))
    },
    Question("the applied rollbacks of changes") {
      _ = try await $0.history.appliedRollbacks(of: [Change.ID(1)])
    },
    Question("a page for a caller") {
      _ = try await HistoryService(history: $0.history).page(ChangeQuery(), behind: nil, size: 10)
    },
    Question("an export") {
      var export = HistoryService(history: $0.history).export()
      while try await export.next() != nil {}
    },
    Question("an export behind an entry") {
      var export = HistoryService(history: $0.history).export(afterEntry: 1)
      while try await export.next() != nil {}
    },
    Question("the changes with an entry in a range") {
      _ = try await $0.history.changesWithEntries(ChangeQuery(), after: -1, through: 3, upTo: 3)
    },
    Question("the settled entries in a range") {
      _ = try await $0.history.settledEntries(after: -1, through: 3)
    },
    Question("what each step holds") { _ = try await $0.history.configurations(asOf: .distantFuture) },
    Question("what each step held at a time") { _ = try await $0.history.configurations(asOf: $0.ledger.now) },
    Question("the effective changes after one") {
      _ = try await $0.history.effectiveChanges(at: Sample.signup, after: Change.ID(1), limit: 10)
    },
    Question("the effective changes before a time") {
      _ = try await $0.history.effectiveChanges(at: Sample.signup, settledBefore: nil, limit: 10)
    },
    Question("the rollback of a change") { _ = try await $0.history.rollback(of: Change.ID(1)) },
    Question("the recent changes of a step") {
      let since = ManualClock.start.before(.seconds(3600))
      _ = try await $0.history.recentChanges(at: Sample.signup, since: since, limit: 10)
    },
    Question("the records of a change") { _ = try await $0.history.records(of: altered) },
    Question("the proof of a change") { _ = try await $0.history.proof(of: altered) },
    Question("the state of a step") {
      $0.ledger.forgetStates()
      _ = try await $0.ledger.state(of: Sample.signup)
    },
    Question("the plan of a rollback of the change itself") {
      _ = try await $0.service.plan(rollbackOf: altered, for: reader)
    },
    Question("the plan of a rollback of a change before it") {
      $0.ledger.forgetStates()
      _ = try await $0.service.plan(rollbackOf: Change.ID(1), for: reader)
    },
    Question("the plan of a rollback to a time") {
      let rollback = TimeRollback(batchID: batch, asOf: ManualClock.start, scope: .everything)
      _ = try await TimeRollbacks(changes: $0.service, logger: Logger(label: "test")).plan(rollback, for: reader)
    },
  ]

  private static let batch = "0f1e2d3c-4b5a-4697-8877-665544332211"

  @Test(arguments: questions)
  func anAlteredRowIsAnError(question: Question) async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      _ = try await fixture.rollBack(bad.id)
      try await question.ask(fixture)
      try fixture.database.edit(
        """
        INSERT INTO connector (id, connector_id) SELECT max(id) + 1, 'other' FROM connector;
        UPDATE change SET after_connector = (SELECT max(id) FROM connector), after_name = NULL WHERE id = 2
        """
      )

      let error = await #expect(throws: (any Error).self) { try await question.ask(fixture) }

      #expect(error.map(Self.meansAltered) == true, "\(String(describing: error))")
    }
  }

  /// The service refuses a request that needs an altered change, and sends no write to the directory.
  @Test func nothingIsSentIfTheStateOfTheStepIsAltered() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      try fixture.database.edit("UPDATE change SET after_name = NULL WHERE id = 1")
      fixture.ledger.forgetStates()

      let set = await #expect(throws: ServiceError.self) { try await fixture.set(.none) }
      let rollback = await #expect(throws: ServiceError.self) { try await fixture.rollBack(bad.id) }

      for error in [set, rollback] { #expect(error.map(Self.meansAltered) == true, "\(String(describing: error))") }
      #expect(fixture.directory.writes.count == 1)
    }
  }

  /// Each argument alters one column that the log covers, or deletes a row.
  @Test(arguments: [
    "UPDATE change SET activity_time = activity_time - 1", "UPDATE change SET kind = 'drift'",
    "UPDATE change SET before_absent = 'none', before_connector = NULL, before_name = NULL",
    "UPDATE change SET after_absent = 'none', after_connector = NULL, after_name = NULL",
    "UPDATE change SET before_name = NULL",
    "UPDATE change SET after_name = before_name, after_connector = before_connector",
    "UPDATE change SET address = 3 - address", "UPDATE change SET actor_proof = 'entra'",
    "UPDATE change SET correlation_id = 'x'", "UPDATE change SET request_id = 'x'",
    "UPDATE change SET rollback_of = 0", "UPDATE change SET rollback_to = 1",
    "UPDATE change SET last_verified_time = 1",
    "UPDATE change SET changed_properties = '[]'", "UPDATE change SET batch_id = 'x'",
    "UPDATE change SET result = 'rejected'", "UPDATE change SET result_delay = result_delay + 1",
    "UPDATE change SET http_status = 200", "UPDATE change SET error_code = 'x'",
    "UPDATE change SET error_message = 'x'", "UPDATE change SET retry_after = 30",
    "UPDATE change SET settler = 'reconciler'", "UPDATE change SET graph_request_id = 'x'",
    "UPDATE change SET outcome_sequence = 2", "UPDATE change SET intent_sequence = 3",
    "UPDATE change_personal SET reason = 'x'", "UPDATE change_personal SET ip_address = NULL",
    "UPDATE change_personal SET actor_name = NULL", "UPDATE change_personal SET salt = zeroblob(16)",
    "DELETE FROM change_personal",
    "UPDATE entry SET hash = zeroblob(32) WHERE sequence = 2",
    "UPDATE entry SET hash = zeroblob(32) WHERE sequence = 3",
    "UPDATE entry SET salt = zeroblob(16) WHERE sequence = 2", "DELETE FROM entry WHERE sequence = 2",
    "DELETE FROM entry WHERE sequence = 3",
  ])
  func everyAlteredColumnIsNoticed(statement: String) async throws {
    try await withService { fixture in
      // This change inserts a second address, because one of the arguments moves the altered change to another address.
      _ = try await fixture.set(.none, at: Sample.attributes)
      let change = try await fixture.set(Sample.newVendor)
      try fixture.database.edit(statement)

      let error = await #expect(throws: LedgerError.self) { try await fixture.history.change(change.id) }

      #expect(error.map(Self.meansAltered) == true, "\(String(describing: error))")
    }
  }

  /// A read of the altered row can't find the alteration, because the row has the form of a normal pending change.
  ///
  /// The verification of the log finds the alteration. The log contains an entry for the outcome, but the row has no
  /// outcome.
  @Test func aChangeThatIsMadePendingAgainIsFoundByTheVerification() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      try fixture.database.edit(
        """
        UPDATE change SET
          result = 'pending', result_delay = NULL, outcome_sequence = NULL, settler = NULL, http_status = NULL
        """
      )

      let report = try await fixture.ledger.report()

      #expect(report.findings == [.missing(sequence: 1)])
    }
  }

  private static func meansAltered(_ error: any Error) -> Bool {
    switch error {
    case LedgerError.altered, LedgerError.corrupt, ServiceError.ledgerDamaged: true
    default: false
    }
  }
}
