import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests that Reflog does not treat a missing part of an answer as an empty part.
struct AbsenceTests {
  private let clock = ManualClock()
  private let forbidden = DirectoryFailure.refused(
    DirectoryRefusal(httpStatus: 403, code: "AADB2C", message: "Access is denied.")
  )

  // MARK: A step that the directory does not show.

  @Test func theEarlierReferenceIsUnknownIfTheStepCannotBeRead() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.fraudCheck)
      fixture.directory.leaveOut(Sample.signup, failing: forbidden)

      let change = try await fixture.set(Sample.newVendor)

      #expect(change.result == .applied)
      #expect(change.intent.before == .unknown)
      let kinds = try await fixture.history.changes(ChangeQuery()).map(\.intent.kind)
      #expect(kinds == [.update, .update])
      let plan = await #expect(throws: ServiceError.self) { try await fixture.rollBack(change.id) }
      guard case .notRollbackable = plan else {
        Issue.record("it can be rolled back")
        return
      }
    }
  }

  @Test func aStepThatIsMissingInTheAnswerIsReadWithASeparateRequest() async throws {
    try await withService { fixture in
      fixture.directory.leaveOut(Sample.signup)

      let before = try await fixture.set(Sample.newVendor).intent.before
      #expect(before == Sample.fraudCheck)
    }
  }

  @Test func anIfMatchHeaderCannotBeCheckedIfTheStepCannotBeRead() async throws {
    try await withService { fixture in
      fixture.directory.leaveOut(Sample.signup, failing: forbidden)
      let request = ChangeRequest(
        action: .setReference(Sample.signup, .none),
        caller: Caller(actor: Sample.operatorActor, credential: .roles([.operator])),
        reason: nil,
        correlationID: nil,
        requestID: "request",
        precondition: .anyConnector
      )

      let error = await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }

      #expect(
        error?.description
          == "The directory can't be read, so nothing was sent: it did not show the reference of the step, so If-Match "
          + "can't be checked."
      )
      #expect(fixture.directory.writes.isEmpty)
    }
  }

  @Test func aReferenceThatCannotBeReadIsAnErrorAndIsNotShownAsEmpty() async throws {
    try await withService { fixture in
      fixture.directory.leaveOut(Sample.attributes, failing: forbidden)
      let caller = Caller(actor: Sample.operatorActor, credential: .roles([.operator]))

      await #expect(throws: ServiceError.self) {
        try await fixture.service.reference(at: Sample.attributes, for: caller)
      }
    }
  }

  @Test func aStaleReadIsNoDriftIfTheEarlierReferenceIsUnknown() async throws {
    try await withService(clock: clock, settleWindow: .seconds(60)) { fixture in
      _ = try await fixture.set(Sample.fraudCheck)
      clock.advance(by: .seconds(100))
      fixture.directory.leaveOut(Sample.signup, failing: forbidden)
      _ = try await fixture.set(Sample.newVendor)
      fixture.directory.show(Sample.signup)
      fixture.directory.readStale(Sample.signup, Sample.fraudCheck)

      let early = try await fixture.set(.none)
      clock.advance(by: .seconds(100))
      let late = try await fixture.set(Sample.newVendor)

      #expect(early.intent.before == Sample.newVendor)
      #expect(late.intent.before == Sample.fraudCheck)
      let kinds = try await fixture.history.changes(ChangeQuery(isAscending: true)).map(\.intent.kind)
      #expect(kinds == [.update, .update, .update, .drift, .update])
    }
  }

  // MARK: The reconciler.

  /// A change sets the new vendor, but the answer is lost. `held` is the reference that the directory has afterwards.
  ///
  /// The reference before the change is unknown. The last known reference in the ledger is the fraud check.
  @Test(arguments: [
    (held: Sample.newVendor, result: Change.Result.applied, drifts: 0),
    (held: Sample.fraudCheck, result: .notApplied, drifts: 0),
    (held: .none, result: .superseded, drifts: 1),
  ])
  func aChangeIsSettledEvenIfTheEarlierReferenceIsUnknown(
    held: ConnectorReference,
    result: Change.Result,
    drifts: Int
  ) async throws {
    try await withService(clock: clock) { fixture in
      _ = try await fixture.set(Sample.fraudCheck)
      fixture.directory.leaveOut(Sample.signup, failing: forbidden)
      fixture.directory.react(.loseRequest)
      await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }
      let id = Change.ID(2)
      let caller = Caller(actor: Sample.operatorActor, credential: .roles([.operator]))
      let unreadable = try await fixture.service.reconcile(id, for: caller)
      fixture.directory.show(Sample.signup)
      fixture.directory.changeWithoutReflog(Sample.signup, held)

      let settled = try await fixture.service.reconcile(id, for: caller)

      #expect(unreadable.result == .pending)
      #expect(settled.result == result)
      let found = try await fixture.history.changes(ChangeQuery()).filter { $0.intent.kind == .drift }
      #expect(found.map(\.intent.before) == Array(repeating: Sample.fraudCheck, count: drifts))
    }
  }

  // MARK: The sweep.

  @Test func aStepThatTheSweepCannotReadIsNotDriftAndNotVerified() async throws {
    try await Sweeping.with(clock: clock) { sweeping in
      await #expect(sweeping.sweeper.sweep())
      sweeping.directory.leaveOut(Sample.signup, failing: forbidden)
      let failed = clock.read()

      await #expect(!sweeping.sweeper.sweep())
      clock.advance(by: .seconds(900))
      await #expect(!sweeping.sweeper.sweep())

      let kinds = try await sweeping.changes().map(\.intent.kind)
      #expect(kinds == [.baseline])
      let unread = try await sweeping.unread()
      #expect(unread.map(\.name) == ["b2cUserFlows/B2C_1_signup"])
      #expect(unread.map(\.since) == [failed])
      #expect(unread.first?.reason.contains("postFederationSignup") == true)
      sweeping.directory.show(Sample.signup)
      await #expect(sweeping.sweeper.sweep())
      let repaired = try await sweeping.unread()
      #expect(repaired.isEmpty)
    }
  }

  @Test(arguments: [
    (list: "b2cUserFlows", status: 403, code: "AADB2C"), ("b2xUserFlows", 403, "AADB2C"),
    ("b2xUserFlows", 403, "Authorization_RequestDenied"), ("b2xUserFlows", 404, "Request_ResourceNotFound"),
    ("apiConnectors", 403, "accessDenied"), ("apiConnectors", 401, "InvalidAuthenticationToken"),
  ])
  func aRefusedListIsNotTreatedAsAnEmptyList(list: String, status: Int, code: String) async throws {
    try await Sweeping.with(clock: clock) { sweeping in
      await #expect(sweeping.sweeper.sweep())
      let verified = try await sweeping.fixture.history.status().verified
      clock.advance(by: .seconds(900))
      sweeping.directory.failList(list, .refused(DirectoryRefusal(httpStatus: status, code: code, message: "No.")))
      sweeping.directory.changeWithoutReflog(Sample.signup, Sample.newVendor)

      await #expect(!sweeping.sweeper.sweep())

      let state = try await sweeping.fixture.history.status()
      #expect(state.verified == verified)
      #expect(state.unread.map(\.name) == [list])
      #expect(state.unread.first?.reason == "The directory refused the read: \(status) \(code): No.")
      // The sweep must still check the parts of the directory that it can read.
      let kinds = try await sweeping.changes().map(\.intent.kind)
      #expect(kinds == [.baseline, .drift])
    }
  }

  @Test func aSweepSucceedsIfTheTenantLacksAFlowType() async throws {
    try await Sweeping.with(flowTypes: [.b2cUserFlows]) { sweeping in
      sweeping.directory.failList("b2xUserFlows", forbidden)

      await #expect(sweeping.sweeper.sweep())
    }
  }

  @Test func aListedFlowCountsAsExistingEvenIfItsStepsAreMissing() async throws {
    try await Sweeping.with { sweeping in
      await #expect(sweeping.sweeper.sweep())
      for step in Step.known {
        sweeping.directory.leaveOut(FlowName(of: Sample.signup).address(of: step), failing: forbidden)
      }

      await #expect(!sweeping.sweeper.sweep())

      let kinds = try await sweeping.changes().map(\.intent.kind)
      #expect(kinds == [.baseline])
    }
  }
}
