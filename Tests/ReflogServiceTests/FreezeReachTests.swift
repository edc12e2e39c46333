import Logging
import ReflogLedger
import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogService

/// Tests of freezes that cover more than the changes of a request: the steps of a deleted flow, and the steps that call a
/// deleted connector. Also tests how refused requests are recorded.
struct FreezeReachTests {
  private static let signupFlow = FlowName(of: Sample.signup)
  private static let operatorCaller = Caller(actor: Sample.operatorActor, credential: .roles([.operator]))

  @discardableResult
  private func freeze(_ scope: FreezeScope, _ fixture: ServiceFixture) async throws -> Freeze {
    try await fixture.service.place(Freeze.Draft(scope: scope, reason: "INC0042"), for: Self.operatorCaller)
  }

  /// Expects that a freeze refuses a request, and returns the changes that were recorded for the refused request.
  private func refusal(of request: ChangeRequest, _ fixture: ServiceFixture) async throws -> [Change] {
    let error = await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }
    guard case .frozen(let ids, _) = error else { throw error ?? .busy("the change was made") }
    var changes: [Change] = []
    for id in ids { changes.append(try #require(try await fixture.history.change(id))) }
    return changes
  }

  private func overrides(in fixture: ServiceFixture) async throws -> [ServiceEvent] {
    try await fixture.history.newestEvents(before: nil, limit: 100).filter { $0.content.kind == .freezeOverridden }
  }

  @Test(arguments: [FreezeScope.flow(signupFlow), .address(Sample.signup)])
  func aConnectorThatAFrozenStepCallsIsNotDeleted(scope: FreezeScope) async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      let placed = try await freeze(scope, fixture)
      let writes = fixture.directory.writes.count
      let vendor = try #require(Sample.newVendor.connectorID)

      let denied = try #require(
        try await refusal(of: fixture.request(.deleteConnector(vendor)), fixture).first
      )

      #expect(fixture.directory.writes.count == writes)
      #expect((denied.intent.subject, denied.intent.before.connectorID) == (.connector, vendor))
      #expect(denied.outcome?.message == "Freeze \(placed.id) does not permit the change.")
      let unused = try #require(Sample.fraudCheck.connectorID)
      let deletion = try await fixture.service.perform(fixture.request(.deleteConnector(unused)))
      #expect(deletion.changes.map(\.result) == [.applied])
    }
  }

  @Test func theDeletionOfAConnectorCanOverrideTheFreezeOfAStepThatCallsIt() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      let placed = try await freeze(.address(Sample.signup), fixture)
      let vendor = try #require(Sample.newVendor.connectorID)

      let request = fixture.request(.deleteConnector(vendor), override: "Obsolete")
      let deletion = try #require(try await fixture.service.perform(request).changes.first)

      #expect(deletion.override?.freezes == [placed.id])
      #expect(try await overrides(in: fixture).count == 1)
    }
  }

  @Test func theDeletionOfAFlowWithoutReferencesRecordsItsOverride() async throws {
    try await withService { fixture in
      _ = try await fixture.set(.none)
      try await freeze(.flow(Self.signupFlow), fixture)

      _ = try await fixture.service.perform(fixture.request(.deleteFlow(Self.signupFlow), override: "Obsolete"))

      let event = try #require(try await fixture.history.newestEvents(before: nil, limit: 1).first)
      #expect(event.content.kind == .freezeOverridden)
      #expect(event.content.details["changes"]?.string?.isEmpty == true)
    }
  }

  /// The frozen step calls no connector, so the deletion of the flow records no change of the frozen step.
  @Test(arguments: [nil, "Obsolete"])
  func theDeletionOfAFlowIsComparedWithTheFreezesOfStepsThatCallNothing(override: String?) async throws {
    let frozen = try #require(Step.known.map { Self.signupFlow.address(of: $0) }.first { $0 != Sample.signup })
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      let freeze = try await freeze(.address(frozen), fixture)
      let request = fixture.request(.deleteFlow(Self.signupFlow), override: override)
      guard override != nil else {
        await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }
        #expect(fixture.directory.writes.count == 1)
        return
      }

      _ = try await fixture.service.perform(request)

      let events = try await fixture.history.newestEvents(before: nil, limit: 10)
      let event = try #require(events.first { $0.content.kind == .freezeOverridden })
      #expect("\(event.content.details)".contains("\(freeze.id)"))
    }
  }

  @Test func theDeletionOfAFlowIsComparedWithTheFreezesOfUnrecordedSteps() async throws {
    try await withService { fixture in
      try await freeze(.address(Self.signupFlow.address(of: try #require(Step("unrecorded")))), fixture)

      let denied = try await refusal(of: fixture.request(.deleteFlow(Self.signupFlow)), fixture)

      #expect(denied.map(\.intent.subject.address?.step.name) == ["unrecorded"])
      #expect(fixture.directory.writes.isEmpty)
    }
  }

  /// The request fails because the clock is too far behind.
  @Test func anOverrideIsNotRecordedIfTheRequestFails() async throws {
    let clock = ManualClock()
    try await withService(clock: clock) { fixture in
      _ = try await fixture.set(Sample.newVendor)
      try await freeze(.address(Sample.attributes), fixture)
      clock.advance(by: .seconds(-60))

      let error = await #expect(throws: ServiceError.self) {
        try await fixture.service.perform(fixture.request(.deleteFlow(Self.signupFlow), override: "Obsolete"))
      }

      guard case .clockBehind = error else { Issue.record("\(String(describing: error))"); return }
      #expect(try await overrides(in: fixture).isEmpty)
    }
  }

  /// The frozen step calls no connector. Another step of the flow calls a connector and is not frozen.
  @Test func aRefusedDeletionOfAFlowIsRecordedAtTheFrozenStep() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      let placed = try await freeze(.address(Sample.attributes), fixture)

      let denied = try await refusal(of: fixture.request(.deleteFlow(Self.signupFlow)), fixture)

      #expect(denied.map(\.intent.subject) == [.step(Sample.attributes)])
      #expect(denied.map(\.outcome?.message) == ["Freeze \(placed.id) does not permit the change."])
    }
  }

  @Test(arguments: [FreezeScope.everything, .flow(signupFlow)])
  func aRefusedDeletionOfAFlowThatCallsNothingIsRecorded(scope: FreezeScope) async throws {
    try await withService { fixture in
      _ = try await fixture.set(.none)
      try await freeze(scope, fixture)

      let denied = try await refusal(of: fixture.request(.deleteFlow(Self.signupFlow)), fixture)

      #expect(denied.compactMap(\.intent.subject.address).map { FlowName(of: $0) } == [Self.signupFlow])
    }
  }

  @Test func refusalsByFreezesAreRecordedUpToABudget() async throws {
    try await withService { fixture in
      try await freeze(.everything, fixture)
      var recorded = 0
      for _ in 0..<20 {
        let request = fixture.request(.setReference(Sample.signup, Sample.newVendor))
        recorded += try await refusal(of: request, fixture).count
      }
      #expect(recorded == 16)
    }
  }

  /// After too many refusals by the directory, all requests of a caller with a Graph token are refused. Refusals by a
  /// freeze do not have this effect.
  @Test func refusalsByAFreezeDoNotLockACallerOutOfOtherSteps() async throws {
    try await withService { fixture in
      try await freeze(.address(Sample.signup), fixture)
      func request(at address: Address) -> ChangeRequest {
        ChangeRequest(
          action: .setReference(address, Sample.newVendor),
          caller: Caller(
            actor: Change.Actor(type: .user, id: "oid", proof: .graph),
            credential: .directoryToken(DirectoryToken("a.b.accepted"))
          ),
          reason: nil,
          correlationID: nil,
          requestID: "request"
        )
      }
      for _ in 0..<20 { _ = try await refusal(of: request(at: Sample.signup), fixture) }

      let receipt = try await fixture.service.perform(request(at: Sample.attributes))

      #expect(receipt.changes.map(\.result) == [.applied])
    }
  }

  @Test func aRollbackToATimeRecordsFrozenStepsAsDeniedAndRollsTheOthersBack() async throws {
    let clock = ManualClock()
    try await withService(clock: clock) { fixture in
      for address in [Sample.signup, Sample.attributes] { _ = try await fixture.set(Sample.fraudCheck, at: address) }
      let moment = fixture.ledger.now
      clock.advance(by: .seconds(1))
      for address in [Sample.signup, Sample.attributes] { _ = try await fixture.set(Sample.newVendor, at: address) }
      let placed = try await freeze(.address(Sample.signup), fixture)
      let rollbacks = TimeRollbacks(changes: fixture.service, logger: Logger(label: "test"))
      let (rollback, _) = try await fixture.ledger.remember(
        TimeRollback(batchID: "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a", asOf: moment, scope: .everything)
      )

      let plan = try await rollbacks.plan(rollback, for: Self.operatorCaller)
      let overriding = try await rollbacks.plan(rollback, for: Self.operatorCaller, overridesFreezes: true)
      await run(rollback, of: plan.steps, fixture)
      let progress = try #require(try await rollbacks.progress(of: rollback.batchID, for: Self.operatorCaller))

      let problems = Dictionary(uniqueKeysWithValues: plan.steps.map { ($0.address, $0.problem) })
      #expect(problems[Sample.signup]??.contains("froze b2cUserFlows/B2C_1_signup/postFederationSignup") == true)
      #expect(problems[Sample.attributes] == .some(nil))
      #expect(overriding.steps.allSatisfy { $0.problem == nil })
      let steps = Dictionary(uniqueKeysWithValues: progress.steps.map { ($0.address, $0) })
      let frozen = try #require(steps[Sample.signup])
      #expect(frozen.change?.result == .denied)
      #expect(frozen.change?.outcome?.message == "Freeze \(placed.id) does not permit the change.")
      #expect((frozen.before, frozen.after) == (Sample.newVendor, Sample.fraudCheck))
      #expect(try await fixture.directory.reference(at: Sample.signup) == Sample.newVendor)
      #expect(steps[Sample.attributes]?.change?.result == .applied)
      #expect(try await fixture.directory.reference(at: Sample.attributes) == Sample.fraudCheck)
      #expect(progress.state == .partial)

      await run(rollback, of: plan.steps.filter { $0.address == Sample.signup }, fixture, override: "Agreed")
      let done = try #require(try await rollbacks.progress(of: rollback.batchID, for: Self.operatorCaller))

      let brought = try #require(done.steps.first { $0.address == Sample.signup })
      #expect(done.state == .done)
      #expect((brought.before, brought.after) == (Sample.newVendor, Sample.fraudCheck))
      #expect(brought.change?.override?.reason == "Agreed")
    }
  }

  /// The refusal budget is too small to record all frozen steps as changes. The remaining steps are only counted.
  @Test func theFrozenStepsOfARollbackToATimeAreCountedIfTheyAreNotRecorded() async throws {
    try await withService { fixture in
      try await freeze(.everything, fixture)
      let events = EventRecorder(ledger: fixture.ledger, started: [], logger: Logger(label: "test"))
      let rollback = TimeRollback(batchID: "batch", asOf: ManualClock.start, scope: .everything)
      let step = TimeRollback.Item(address: Sample.signup, before: Sample.newVendor, after: Sample.fraudCheck)

      await run(rollback, of: Array(repeating: step, count: 20), fixture, events: events)
      let recorder = Task { try await events.run() }
      recorder.cancel()
      try await recorder.value

      let denied = try await fixture.history.newestEvents(before: nil, limit: 9).filter { $0.content.kind == .denied }
      #expect(denied.map(\.content.count) == [4])
      #expect(denied.map(\.content.denialCause) == [.frozen])
      #expect(denied.map { $0.content.details["cause"]?.string } == ["frozen"])
    }
  }

  /// Runs one pass over the steps of a rollback to a time.
  private func run(
    _ rollback: TimeRollback,
    of steps: [TimeRollback.Item],
    _ fixture: ServiceFixture,
    events: EventRecorder? = nil,
    override: String? = nil
  ) async {
    let request = TimeRollbackRequest(
      rollback: rollback,
      caller: Self.operatorCaller,
      reason: nil,
      correlationID: nil,
      requestID: "request",
      override: override
    )
    let run = TimeRollbackRun(changes: fixture.service, request: request, events: events) { false }
    await run.work(on: steps) { _, _ in }
  }
}
