import Logging
import ReflogLedger
import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogService

/// Tests of the limit on the reads of Microsoft Graph that one caller can cause with Reflog's own credential.
struct ReadBudgetTests {
  private static let (first, second, third) = (actor("first"), actor("second"), actor("third"))

  private static func actor(_ id: String) -> Change.Actor { Change.Actor(type: .token, id: id, proof: .apiToken) }

  private static func time(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }

  @Test func aCallerWaitsUntilItsOldestReadIsAMinuteOld() {
    let budget = ReadBudget(readsPerMinute: 3)
    for second: Int64 in [0, 10, 20] { #expect(budget.take(for: Self.first, at: Self.time(second)) == nil) }

    #expect(budget.take(for: Self.first, at: Self.time(20)) == .seconds(40))
    #expect(budget.take(for: Self.first, at: Self.time(59)) == .seconds(1))
    #expect(budget.take(for: Self.first, at: Self.time(60)) == nil)
    #expect(budget.take(for: Self.first, at: Self.time(60)) == .seconds(10))
  }

  @Test func theNumberOfReadsInAMinuteNeverExceedsTheBudget() {
    let budget = ReadBudget(readsPerMinute: 7)
    let sent = (0..<600).filter { budget.take(for: Self.first, at: Self.time($0)) == nil }

    for start in sent { #expect(sent.count { (start..<start + 60).contains($0) } <= 7) }
    #expect(sent.count == 70)
  }

  @Test func allCallersTogetherHaveTwiceTheBudgetOfOneCaller() {
    let budget = ReadBudget(readsPerMinute: 2)
    for second: Int64 in [0, 1] { #expect(budget.take(for: Self.first, at: Self.time(second)) == nil) }
    for second: Int64 in [2, 3] { #expect(budget.take(for: Self.second, at: Self.time(second)) == nil) }

    #expect(budget.take(for: Self.third, at: Self.time(10)) == .seconds(50))
    #expect(budget.take(for: Self.third, at: Self.time(60)) == nil)
    #expect(budget.take(for: Self.first, at: Self.time(60)) == .seconds(1))
  }

  @Test func ifTheClockIsSetBackAReadIsDelayedByAMinuteAtMost() {
    let budget = ReadBudget(readsPerMinute: 1)
    #expect(budget.take(for: Self.first, at: Self.time(1000)) == nil)

    #expect(budget.take(for: Self.first, at: Self.time(0)) == .seconds(60))
  }

  /// A kind of read, and the number of requests to Microsoft Graph that the read needs.
  struct Read: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let requests: Int
    let send: @Sendable (ServiceFixture, Caller) async throws -> Void

    init(_ name: String, _ requests: Int, _ send: @escaping @Sendable (ServiceFixture, Caller) async throws -> Void) {
      (testDescription, self.requests, self.send) = (name, requests, send)
    }
  }

  private static let reads = [
    Read("forwarded read", 1) { _ = try await $0.service.read(DirectoryRead(.connectors), for: $1) },
    Read("reference of a step", 1) { _ = try await $0.service.reference(at: Sample.signup, for: $1) },
    Read("reference of a step that the flow leaves out", 2) { fixture, caller in
      fixture.directory.leaveOut(Sample.signup)
      _ = try await fixture.service.reference(at: Sample.signup, for: caller)
    },
    Read("plan of a rollback", 2) { _ = try await $0.service.plan(rollbackOf: Change.ID(1), for: $1) },
  ]

  @Test(arguments: reads)
  func everyDirectoryRequestOfAReadIsCounted(_ read: Read) async throws {
    let caller = Caller(actor: Self.first, credential: .roles([.reader]))
    for budget in [read.requests - 1, read.requests] where budget > 0 {
      try await Self.withGraph(readsPerMinute: budget) { fixture in
        guard budget < read.requests else { return try await read.send(fixture, caller) }
        let error = await #expect(throws: ServiceError.self) { try await read.send(fixture, caller) }
        guard case .readsSpent = error else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
    }
  }

  @Test func aCallerCanStillMakeChangesWhenItsBudgetIsUsed() async throws {
    try await Self.withGraph(readsPerMinute: 1) { fixture in
      let caller = Caller(actor: Sample.operatorActor, credential: .roles([.operator]))
      _ = try await fixture.service.read(DirectoryRead(.connectors), for: caller)
      await #expect(throws: ServiceError.self) {
        try await fixture.service.read(DirectoryRead(.connectors), for: caller)
      }

      for reference in [Sample.fraudCheck, Sample.newVendor] {
        #expect(try await fixture.set(reference).result == .applied)
      }
    }
  }

  @Test func aReadWithTheCallersOwnTokenIsNotCounted() async throws {
    try await Self.withGraph(readsPerMinute: 1) { fixture in
      let token = DirectoryToken("a.b" + ScriptedDirectory.acceptedSignature)
      let caller = Caller(actor: Self.first, credential: .directoryToken(token))
      for _ in 0..<3 { _ = try await fixture.service.read(DirectoryRead(.connectors), for: caller) }
    }
  }

  @Test func thePlanOfARollbackToATimeIsCompleteEvenIfTheBudgetIsUsed() async throws {
    try await Self.withGraph(readsPerMinute: 1) { fixture in
      let caller = Caller(actor: Self.first, credential: .roles([.reader]))
      _ = try await fixture.service.read(DirectoryRead(.connectors), for: caller)
      let asOf = try #require(try await fixture.history.changes(ChangeQuery()).first?.resultDateTime)
      _ = try await fixture.set(Sample.fraudCheck)

      let plan = try await TimeRollbacks(changes: fixture.service, logger: Logger(label: "test"))
        .plan(TimeRollback(batchID: "batch", asOf: asOf, scope: .everything), for: caller)

      // The plan is complete. Only the connector could not be read, and the plan shows the reason.
      #expect(plan.steps.count == 1)
      #expect(plan.unasked?.hasPrefix("Too many reads were sent") == true)
    }
  }

  /// Calls `body` with a service in front of Microsoft Graph. The service has recorded one change of the sign-up step.
  private static func withGraph(readsPerMinute: Int, _ body: (ServiceFixture) async throws -> Void) async throws {
    let clock = ManualClock()
    let reads = ReadBudget(readsPerMinute: readsPerMinute)
    try await withService(clock: clock, settleWindow: .seconds(60), reads: reads) { fixture in
      _ = try await fixture.set(Sample.newVendor)
      clock.advance(by: .seconds(600))
      try await body(fixture)
    }
  }
}
