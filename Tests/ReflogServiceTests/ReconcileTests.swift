import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of a caller's request to reconcile one change.
struct ReconcileTests {
  private let clock = ManualClock()
  private let statement = (result: Change.StatedResult.applied, reason: "seen in the portal")

  private func withPending(
    _ reaction: ScriptedDirectory.Reaction = .applyAndLoseAnswer,
    _ body: (ServiceFixture, Change.ID, Caller) async throws -> Void
  ) async throws {
    try await withService(clock: clock, settleWindow: .seconds(60), longestWrite: .seconds(40)) { fixture in
      fixture.directory.react(reaction)
      await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }
      try await body(fixture, Change.ID(1), fixture.request(.setReference(Sample.signup, .none)).caller)
    }
  }

  @Test func aTooEarlyReadSettlesNoChange() async throws {
    try await withPending { fixture, id, caller in
      clock.advance(by: .seconds(119))

      let change = try await fixture.service.reconcile(id, for: caller)

      #expect(change.result == .pending)
    }
  }

  @Test(arguments: [
    (ScriptedDirectory.Reaction.applyAndLoseAnswer, Change.Result.applied), (.loseRequest, .notApplied),
  ])
  func afterTheWindowAReadOfTheDirectorySettlesTheChange(
    reaction: ScriptedDirectory.Reaction,
    result: Change.Result
  ) async throws {
    try await withPending(reaction) { fixture, id, caller in
      clock.advance(by: .seconds(120))

      let change = try await fixture.service.reconcile(id, for: caller, stating: statement)

      #expect(change.result == result)
      #expect(change.outcome?.settledBy == .reconciler)
    }
  }

  @Test func aStatementSettlesTheChangeIfTheDirectoryCannotBeRead() async throws {
    try await withPending(.loseRequest) { fixture, id, caller in
      fixture.directory.failReads(.unavailable(reason: "timeout"))
      clock.advance(by: .seconds(119))
      let early = await #expect(throws: ServiceError.self) {
        try await fixture.service.reconcile(id, for: caller, stating: statement)
      }
      clock.advance(by: .seconds(1))

      let change = try await fixture.service.reconcile(id, for: caller, stating: statement)
      let again = try await fixture.service.reconcile(id, for: caller)

      guard case .stepUnresolved(_, .seconds(1)) = early else {
        Issue.record("\(String(describing: early))")
        return
      }
      #expect(change.result == .applied)
      #expect(change.outcome?.settledBy == .person)
      #expect(change.outcome?.message == "deploy: seen in the portal")
      #expect(again.outcome?.settledBy == .person)
      #expect(again.outcome?.message == "deploy: seen in the portal")
    }
  }

  @Test func aCallerWithTheRoleReaderCannotReconcile() async throws {
    try await withPending { fixture, id, _ in
      let reader = Caller(actor: Sample.operatorActor, credential: .roles([.reader]))

      await #expect(throws: ServiceError.self) { try await fixture.service.reconcile(id, for: reader) }
    }
  }
}
