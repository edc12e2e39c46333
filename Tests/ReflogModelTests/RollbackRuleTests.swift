import ReflogModel
import Testing

/// Tests of the rule that decides if a rollback is permitted.
///
/// The plan, the request, a repeated request and a rollback to a time all use this rule.
struct RollbackRuleTests {
  // MARK: A rollback of change 5, which changed the step's reference from A to B.

  /// The later changes that a caller permits the rollback to replace. Each value has a name for the test report.
  private static let permissions: [(name: String, later: RollbackRule.LaterChanges)] = [
    ("none", .none), ("up to 6", .upTo(Change.ID(6))), ("up to 7", .upTo(Change.ID(7))), ("all", .all),
    ("drift to B", .drift(to: b, and: .none)), ("drift to C", .drift(to: c, and: .none)),
    ("drift to C, up to 7", .drift(to: c, and: .upTo(Change.ID(7)))),
    ("drift to B, then to C", .drift(to: b, and: .drift(to: c, and: .all))),
  ]

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let situation: RollbackRule.Situation
    /// The expected verdicts, one for each item of `permissions` in the same order.
    let verdicts: [String]

    init(_ name: String, _ situation: RollbackRule.Situation, _ verdicts: [String]) {
      (testDescription, self.situation, self.verdicts) = (name, situation, verdicts)
    }
  }

  static let cases = [
    Case(
      "no later change",
      situation(b, newest: change(5, a, b)),
      ["permitted", "permitted", "permitted", "permitted", "permitted", "permitted", "permitted", "permitted"]
    ),
    Case(
      "the step has no effective change",
      situation(b, newest: nil),
      ["permitted", "permitted", "permitted", "permitted", "permitted", "permitted", "permitted", "permitted"]
    ),
    Case(
      "change 7 came later",
      situation(c, newest: change(7, b, c)),
      ["superseded", "superseded", "permitted", "permitted", "superseded", "superseded", "permitted", "permitted"]
    ),
    Case(
      "change 7 set the same again",
      situation(b, newest: change(7, c, b)),
      ["superseded", "superseded", "permitted", "permitted", "superseded", "superseded", "permitted", "permitted"]
    ),
    Case(
      "change 7 is the requested rollback",
      situation(a, newest: change(7, b, a, rollbackOf: 5)),
      ["done 7", "done 7", "done 7", "done 7", "done 7", "done 7", "done 7", "done 7"]
    ),
    Case(
      "change 7 is the rollback of another change",
      situation(a, newest: change(7, b, a, rollbackOf: 6)),
      ["superseded", "superseded", "permitted", "permitted", "superseded", "superseded", "permitted", "permitted"]
    ),
    Case(
      "C was set without Reflog",
      situation(c, isDrifted: true, newest: change(5, a, b)),
      ["superseded", "superseded", "superseded", "permitted", "superseded", "permitted", "permitted", "permitted"]
    ),
    Case(
      "change 7 came later, and C was set without Reflog",
      situation(c, isDrifted: true, newest: change(7, b, a)),
      ["superseded", "superseded", "superseded", "permitted", "superseded", "superseded", "permitted", "permitted"]
    ),
    Case(
      "change 7 is the requested rollback, and C was set without Reflog",
      situation(c, isDrifted: true, newest: change(7, b, a, rollbackOf: 5)),
      ["superseded", "superseded", "superseded", "permitted", "superseded", "permitted", "permitted", "permitted"]
    ),
    Case(
      "connector A was deleted",
      situation(b, newest: change(5, a, b), connectorExists: false),
      [
        "connectorMissing", "connectorMissing", "connectorMissing", "connectorMissing", "connectorMissing",
        "connectorMissing", "connectorMissing", "connectorMissing",
      ]
    ),
    Case(
      "change 7 came later, and connector A was not read yet",
      situation(c, newest: change(7, b, c), connectorExists: nil),
      [
        "superseded", "superseded", "dependsOnConnector", "dependsOnConnector", "superseded", "superseded",
        "dependsOnConnector", "dependsOnConnector",
      ]
    ),
    Case(
      "change 7 came later, and connector A was deleted",
      situation(c, newest: change(7, b, c), connectorExists: false),
      [
        "superseded", "superseded", "connectorMissing", "connectorMissing", "superseded", "superseded",
        "connectorMissing", "connectorMissing",
      ]
    ),
    Case(
      "change 7 is the requested rollback, and connector A was deleted since",
      situation(a, newest: change(7, b, a, rollbackOf: 5), connectorExists: false),
      ["done 7", "done 7", "done 7", "done 7", "done 7", "done 7", "done 7", "done 7"]
    ),
  ]

  @Test(arguments: cases)
  func eachSituationHasItsVerdict(testCase: Case) {
    for (permission, expected) in zip(Self.permissions, testCase.verdicts) {
      let verdict = RollbackRule.verdict(on: Change.ID(5), in: testCase.situation, permitting: permission.later)
      #expect(Self.word(verdict) == expected, "permitting \(permission.name)")
    }
  }

  // MARK: A rollback to a time at which the reference was A. Change 6 was the newest change at the request.

  struct TimeCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let situation: RollbackRule.Situation
    let newestApplied: Change?
    let verdict: String

    init(_ name: String, _ situation: RollbackRule.Situation, _ newestApplied: Change?, _ verdict: String) {
      (testDescription, self.situation, self.newestApplied, self.verdict) = (name, situation, newestApplied, verdict)
    }
  }

  static let timeCases = [
    TimeCase("the step holds B", situation(b, newest: change(5, a, b)), change(5, a, b), "permitted"),
    TimeCase("the step has no recorded change", situation(b, newest: nil), nil, "permitted"),
    TimeCase("the step holds A already", situation(a, newest: change(5, b, a)), change(5, b, a), "done 5"),
    TimeCase(
      "the step holds A already, by a change that made no difference",
      situation(a, newest: change(3, b, a)),
      change(5, a, a),
      "done 5"
    ),
    TimeCase(
      "A was set without Reflog",
      situation(a, isDrifted: true, newest: change(5, a, b)),
      change(5, a, b),
      "done 5"
    ),
    TimeCase("change 7 was made since", situation(c, newest: change(7, b, c)), change(7, b, c), "changedSince 7"),
    TimeCase(
      "change 7 was made since, and set A again",
      situation(a, newest: change(7, b, a)),
      change(7, b, a),
      "done 7"
    ),
    TimeCase(
      "change 7 is of the same rollback",
      situation(c, newest: change(7, b, c, batchID: batch)),
      change(7, b, c, batchID: batch),
      "permitted"
    ),
    TimeCase(
      "change 7 is of another rollback",
      situation(c, newest: change(7, b, c, batchID: "other")),
      change(7, b, c, batchID: "other"),
      "changedSince 7"
    ),
    TimeCase(
      "change 7 is a drift",
      situation(c, newest: change(7, b, c, kind: .drift)),
      change(7, b, c, kind: .drift),
      "permitted"
    ),
    TimeCase(
      "C was set without Reflog, and is not recorded yet",
      situation(c, isDrifted: true, newest: change(5, a, b)),
      change(5, a, b),
      "permitted"
    ),
    TimeCase(
      "change 7 was made since, and C was set without Reflog after it",
      situation(c, isDrifted: true, newest: change(7, a, b)),
      change(7, a, b),
      "permitted"
    ),
    TimeCase(
      "connector A was deleted",
      situation(b, newest: change(5, a, b), connectorExists: false),
      change(5, a, b),
      "connectorMissing"
    ),
    TimeCase(
      "change 7 was made since, and connector A was deleted",
      situation(c, newest: change(7, b, c), connectorExists: false),
      change(7, b, c),
      "changedSince 7"
    ),
  ]

  @Test(arguments: timeCases)
  func eachSituationHasItsVerdictForARollbackToATime(testCase: TimeCase) {
    let verdict = RollbackRule.verdict(
      on: Self.rollback(newestChange: Change.ID(6)),
      to: Self.a,
      in: testCase.situation,
      newestApplied: testCase.newestApplied
    )

    #expect(Self.word(verdict) == testCase.verdict)
  }

  @Test func noChangeBlocksARollbackToATimeWithoutANewestChange() {
    let newest = Self.change(7, Self.b, Self.c)

    let verdict = RollbackRule.verdict(
      on: Self.rollback(newestChange: nil),
      to: Self.a,
      in: Self.situation(Self.c, newest: newest),
      newestApplied: newest
    )

    #expect(Self.word(verdict) == "permitted")
  }

  // MARK: The changes that can be rolled back.

  @Test func aRollbackRestoresTheReferenceBeforeTheAppliedChange() throws {
    let target = try RollbackRule.target(of: Self.change(5, Self.a, Self.b))

    #expect(target.address == Self.address)
    #expect(target.reference == Self.a)
  }

  @Test(arguments: [Change.Kind.update, .rollback, .drift])
  func everyKindOfAppliedChangeExceptABaselineCanBeRolledBack(kind: Change.Kind) throws {
    #expect(try RollbackRule.target(of: Self.change(5, .none, Self.b, kind: kind)).reference == .none)
  }

  @Test func aBaselineCannotBeRolledBack() {
    #expect(Self.why(Self.change(5, Self.a, Self.b, kind: .baseline)) == "the reference before it is unknown")
  }

  @Test func aChangeCannotBeRolledBackIfTheEarlierReferenceIsUnknown() {
    #expect(Self.why(Self.change(5, .unknown, Self.b)) == "the reference before it is unknown")
  }

  @Test func aChangeOfAConnectorCannotBeRolledBack() {
    #expect(
      Self.why(Self.change(5, Self.a, Self.a, of: .connector))
        == "it changed a connector, and the secrets of a connector can't be restored"
    )
  }

  @Test(arguments: Change.Result.allCases.filter { $0 != .applied })
  func onlyAnAppliedChangeCanBeRolledBack(result: Change.Result) {
    #expect(
      Self.why(Self.change(5, Self.a, Self.b, result: result))
        == "it is \(result.rawValue), and only an applied change can be rolled back"
    )
  }

  // MARK: The values in the tables of test cases.

  private static let address = Address(
    flowType: .b2cUserFlows,
    flow: id("B2C_1_signup"),
    step: .postFederationSignup
  )
  private static let a = connector("a")
  private static let b = connector("b")
  private static let c = connector("c")
  private static let batch = "0f1e2d3c-4b5a-4697-8877-665544332211"
  private static let moment = Timestamp(microseconds: 1)

  private static func id(_ text: String) -> FlowID {
    guard let id = FlowID(text) else { preconditionFailure("\(text) is not an id") }
    return id
  }

  private static func connector(_ text: String) -> ConnectorReference {
    guard let id = ConnectorID(text) else { preconditionFailure("\(text) is not an id") }
    return .connector(id, displayName: nil)
  }

  private static func rollback(newestChange: Change.ID?) -> TimeRollback {
    TimeRollback(batchID: batch, asOf: moment, scope: .everything, newestChange: newestChange)
  }

  private static func situation(
    _ current: ConnectorReference,
    isDrifted: Bool = false,
    newest: Change?,
    connectorExists: Bool? = true
  ) -> RollbackRule.Situation {
    RollbackRule.Situation(
      current: current,
      isDrifted: isDrifted,
      newestEffective: newest,
      connectorExists: connectorExists
    )
  }

  private static func change(
    _ id: Int64,
    _ before: ConnectorReference,
    _ after: ConnectorReference,
    of subject: Change.Subject = .step(address),
    kind: Change.Kind = .update,
    rollbackOf: Int64? = nil,
    batchID: String? = nil,
    result: Change.Result = .applied
  ) -> Change {
    Change(
      id: Change.ID(id),
      sequence: id,
      tenantID: "tenant",
      activityDateTime: moment,
      intent: Change.Intent(
        subject: subject,
        kind: kind,
        before: before,
        after: after,
        actor: .unknown,
        requestID: "request",
        rollbackOf: rollbackOf.map { Change.ID($0) },
        batchID: batchID
      ),
      outcome: result == .pending ? nil : Change.Outcome(result: result, settledBy: .request),
      resultDateTime: result == .pending ? nil : moment
    )
  }

  private static func why(_ change: Change) -> String? {
    do {
      _ = try RollbackRule.target(of: change)
      return nil
    } catch {
      return error.why
    }
  }

  private static func word(_ verdict: RollbackRule.Verdict) -> String {
    switch verdict {
    case .permitted: "permitted"
    case .dependsOnConnector: "dependsOnConnector"
    case .done(let change): "done \(change.id)"
    case .superseded: "superseded"
    case .changedSince(let id): "changedSince \(id)"
    case .connectorMissing: "connectorMissing"
    }
  }
}
