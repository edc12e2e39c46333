import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of freezes: which changes a freeze refuses, and how an operator overrides a freeze.
struct FreezeTests {
  private static let signupFlow = FlowName(of: Sample.signup)
  private static let connector = Sample.fraudCheck.connectorID
  private static let operatorCaller = Caller(actor: Sample.operatorActor, credential: .roles([.operator]))

  private static func caller(_ role: Role) -> Caller { Caller(actor: Sample.operatorActor, credential: .roles([role])) }

  @discardableResult
  private func freeze(
    _ scope: FreezeScope,
    _ fixture: ServiceFixture,
    from: Timestamp? = nil,
    until: Timestamp? = nil
  ) async throws -> Freeze {
    let draft = Freeze.Draft(scope: scope, reason: "INC0042", from: from, until: until)
    return try await fixture.service.place(draft, for: Self.operatorCaller)
  }

  /// Returns the error of a refused request. The error must be `frozen`.
  private func refusal(
    of action: ChangeRequest.Action,
    _ fixture: ServiceFixture
  ) async throws -> (changes: [Change], freeze: Freeze) {
    let error = await #expect(throws: ServiceError.self) {
      try await fixture.service.perform(fixture.request(action))
    }
    guard case .frozen(let ids, let covering) = error else { throw error ?? .busy("the change was made") }
    var changes: [Change] = []
    for id in ids { changes.append(try #require(try await fixture.history.change(id))) }
    return (changes, covering.freeze)
  }

  @Test(
    arguments: [
      FreezeScope.everything, .flow(FlowName(of: Sample.signup)), .address(Sample.signup),
    ]
  )
  func aFrozenStepIsNotChangedAndNotRead(scope: FreezeScope) async throws {
    try await withService { fixture in
      let placed = try await freeze(scope, fixture)
      let written = fixture.directory.writes.count

      let (changes, freeze) = try await refusal(of: .setReference(Sample.signup, Sample.newVendor), fixture)

      #expect(freeze.id == placed.id)
      #expect(freeze.reason == "INC0042")
      let change = try #require(changes.first)
      #expect(change.result == .denied)
      #expect(change.outcome?.code == "frozen")
      #expect(change.outcome?.message == "Freeze \(placed.id) does not permit the change.")
      #expect(change.intent.before == .unknown)
      #expect(fixture.directory.writes.count == written)
      #expect(try await fixture.directory.reference(at: Sample.signup) == Sample.fraudCheck)
    }
  }

  @Test func everyActionOnAFrozenSubjectIsRefused() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      try await freeze(.everything, fixture)
      let connector = try #require(Self.connector)
      let step = try #require(Step("postFederationSignup"))
      let rollback = TimeRollback(batchID: "batch", asOf: ManualClock.start, scope: .everything)
      let actions: [ChangeRequest.Action] = [
        .setReference(Sample.signup, Sample.newVendor), .rollBack(bad.id, permitting: .none),
        .rollBackTo(rollback, Sample.signup, Sample.fraudCheck), .createConnector(["displayName": "x"]),
        .updateConnector(connector, ["displayName": "x"]), .deleteConnector(connector),
        .uploadCertificate(connector, ["pkcs12Value": "x"]),
        .createFlow(
          FlowName(.b2cUserFlows, try #require(FlowID("B2C_1_new"))),
          body: [:],
          references: [step: connector]
        ),
        .deleteFlow(Self.signupFlow),
      ]
      for action in actions {
        let (changes, _) = try await refusal(of: action, fixture)
        #expect(changes.map(\.result) == [.denied], "\(action)")
      }
    }
  }

  @Test func aFreezeCoversNoOtherFlowAndNoConnectorThatOnlyOtherStepsCall() async throws {
    try await withService { fixture in
      try await freeze(.flow(FlowName(.b2xUserFlows, Self.signupFlow.flow)), fixture)
      try await freeze(.address(Sample.attributes), fixture)
      let connector = try #require(Self.connector)

      #expect(try await fixture.set(Sample.newVendor).result == .applied)
      let edit = ChangeRequest.Action.updateConnector(connector, ["displayName": "x"])
      #expect(try await fixture.service.perform(fixture.request(edit)).changes.first?.result == .applied)
    }
  }

  @Test func aFreezeBeginsAndEndsByTheClock() async throws {
    let clock = ManualClock()
    try await withService(clock: clock) { fixture in
      let start = ManualClock.start
      try await freeze(.everything, fixture, from: start.before(.seconds(-60)), until: start.before(.seconds(-120)))

      #expect(try await fixture.set(Sample.newVendor).result == .applied)
      clock.advance(by: .seconds(60))
      _ = try await refusal(of: .setReference(Sample.signup, .none), fixture)
      clock.advance(by: .seconds(60))
      #expect(try await fixture.set(.none).result == .applied)
      #expect(try await fixture.service.freezes(for: Self.operatorCaller).isEmpty)
    }
  }

  @Test func aReleasedFreezeRefusesNoChange() async throws {
    try await withService { fixture in
      let placed = try await freeze(.everything, fixture)
      #expect(try await fixture.service.freezes(for: Self.caller(.reader)).map(\.id) == [placed.id])

      try await fixture.service.releaseFreeze(placed.id, for: Self.operatorCaller)

      #expect(try await fixture.set(Sample.newVendor).result == .applied)
      #expect(try await fixture.service.freezes(for: Self.caller(.reader)).isEmpty)
      #expect(try await fixture.service.freeze(placed.id, for: Self.caller(.reader)).released != nil)
      let again = await #expect(throws: ServiceError.self) {
        try await fixture.service.releaseFreeze(placed.id, for: Self.operatorCaller)
      }
      guard case .freezeIsOver = again else { Issue.record("\(String(describing: again))"); return }
      let missing = await #expect(throws: ServiceError.self) {
        try await fixture.service.releaseFreeze(placed.id + 7, for: Self.operatorCaller)
      }
      guard case .freezeNotFound = missing else { Issue.record("\(String(describing: missing))"); return }
    }
  }

  @Test func anOverrideIsRecordedWithItsChange() async throws {
    try await withService { fixture in
      let first = try await freeze(.everything, fixture)
      let second = try await freeze(.address(Sample.signup), fixture)
      let request = fixture.request(.setReference(Sample.signup, Sample.newVendor), override: "Sign-up is down")

      let change = try #require(try await fixture.service.perform(request).changes.first)

      let event = try #require(try await fixture.history.newestEvents(before: nil, limit: 1).first)
      #expect(change.result == .applied)
      #expect(
        change.override
          == FreezeOverride(eventID: event.id, reason: "Sign-up is down", freezes: [first.id, second.id])
      )
      #expect(event.content.kind == .freezeOverridden)
      #expect(event.content.actor?.id == Sample.operatorActor.id)
      #expect(event.content.details["changes"]?.string == "\(change.id)")
      #expect(event.content.reason == "Sign-up is down")
      let read = try #require(try await fixture.history.change(change.id))
      #expect(read.override == change.override)
      let found = try await fixture.history.changes(
        ChangeQuery(filter: try ChangeFilter.parse("override/reason eq 'Sign-up is down' and override/eventId ne null"))
      )
      #expect(found.map(\.id) == [change.id])
    }
  }

  @Test func anOverrideWithoutAFreezeIsNotRecorded() async throws {
    try await withService { fixture in
      try await freeze(.address(Sample.attributes), fixture)
      let request = fixture.request(.setReference(Sample.signup, Sample.newVendor), override: "x")

      let change = try #require(try await fixture.service.perform(request).changes.first)

      #expect(change.override == nil)
      #expect(try await fixture.history.newestEvents(before: nil, limit: 1).first?.content.kind == .freezePlaced)
    }
  }

  @Test(arguments: [Role.reader, .admin])
  func onlyOperatorsFreezeAndRelease(role: Role) async throws {
    try await withService { fixture in
      let placed = try await freeze(.everything, fixture)
      let errors = [
        await #expect(throws: ServiceError.self) {
          _ = try await fixture.service.place(Freeze.Draft(scope: .everything, reason: "x"), for: Self.caller(role))
        },
        await #expect(throws: ServiceError.self) {
          try await fixture.service.releaseFreeze(placed.id, for: Self.caller(role))
        },
      ]
      for error in errors {
        guard case .forbidden([], _) = error else { Issue.record("\(String(describing: error))"); continue }
      }
    }
  }

  /// Microsoft Graph decides what a caller with a Graph token may change, but it can't permit the override of a freeze.
  ///
  /// The refusal is recorded only if the directory accepts the token, because otherwise the caller is unknown.
  @Test(arguments: ["a.b.accepted", "a.b.refused"])
  func aCallerWithATokenForTheDirectoryCantOverride(token: String) async throws {
    try await withService { fixture in
      try await freeze(.everything, fixture)
      let request = ChangeRequest(
        action: .setReference(Sample.signup, Sample.newVendor),
        caller: Caller(
          actor: Change.Actor(type: .user, id: "oid", proof: .graph),
          credential: .directoryToken(DirectoryToken(token))
        ),
        reason: nil,
        correlationID: nil,
        requestID: "request",
        override: "x"
      )

      let error = await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }

      guard token.hasSuffix(ScriptedDirectory.acceptedSignature) else {
        #expect(try await fixture.history.newestID() == nil)
        return
      }
      guard case .forbidden(let ids, _) = error else { Issue.record("\(String(describing: error))"); return }
      #expect(ids.count == 1)
    }
  }

  @Test func aRepeatedRequestGetsItsAnswerDespiteALaterFreeze() async throws {
    try await withService { fixture in
      let key = IdempotencyKey(keyHash: Array(repeating: 1, count: 32), bodyHash: Array(repeating: 2, count: 32))
      let request = fixture.request(.setReference(Sample.signup, Sample.newVendor), named: key)
      let first = try await fixture.service.perform(request)
      let rollback = try await fixture.rollBack(try #require(first.changes.first).id)
      try await freeze(.everything, fixture)

      #expect(try await fixture.service.perform(request).changes.map(\.id) == first.changes.map(\.id))
      #expect(try await fixture.rollBack(try #require(first.changes.first).id).id == rollback.id)
    }
  }

  /// A refused request is not stored with its idempotency key, so the request can be repeated after the freeze.
  @Test func aRefusedRequestCanBeRepeatedAfterTheFreeze() async throws {
    try await withService { fixture in
      let key = IdempotencyKey(keyHash: Array(repeating: 1, count: 32), bodyHash: Array(repeating: 2, count: 32))
      let request = fixture.request(.setReference(Sample.signup, Sample.newVendor), named: key)
      let placed = try await freeze(.everything, fixture)
      await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }
      try await fixture.service.releaseFreeze(placed.id, for: Self.operatorCaller)

      #expect(try await fixture.service.perform(request).changes.first?.result == .applied)
    }
  }

  @Test(arguments: [Int64(0), -60])
  func aFreezeMustEndAfterItBegins(seconds: Int64) async throws {
    try await withService { fixture in
      let error = await #expect(throws: ServiceError.self) {
        try await freeze(.everything, fixture, until: fixture.ledger.now.before(.seconds(-seconds)))
      }
      guard case .freezeIsEmpty = error else { Issue.record("\(String(describing: error))"); return }
    }
  }

  /// The clock is behind the newest entry, so entries get the time of the newest entry.
  @Test func theServiceAndTheTransactionUseTheSameTime() async throws {
    let clock = ManualClock()
    try await withService(clock: clock) { fixture in
      try await freeze(.everything, fixture, until: clock.read().before(.seconds(-1)))
      clock.advance(by: .seconds(3))
      #expect(try await fixture.set(Sample.newVendor).result == .applied)
      clock.advance(by: .seconds(-3))

      // The newest entry is later than the end of the freeze.
      #expect(fixture.service.freeze(covering: Sample.signup) == nil)
      #expect(try await fixture.service.freezes(covering: try #require(Self.connector)).isEmpty)
      #expect(fixture.service.freezesInForce.isEmpty)
      #expect(fixture.service.countOfFreezesInForce == 0)
      #expect(try await fixture.service.freezes(for: Self.operatorCaller).isEmpty)
      #expect(try await fixture.set(.none).result == .applied)
      // The freeze would end before it begins.
      let error = await #expect(throws: ServiceError.self) {
        try await freeze(.everything, fixture, until: clock.read().before(.seconds(-2)))
      }
      guard case .freezeIsEmpty = error else { Issue.record("\(String(describing: error))"); return }
    }
  }
}
