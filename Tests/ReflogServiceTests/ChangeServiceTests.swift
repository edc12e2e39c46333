import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

struct ChangeServiceTests {
  @Test func aChangeRecordsTheReferencesBeforeAndAfter() async throws {
    try await withService { fixture in
      let change = try await fixture.set(Sample.newVendor)

      #expect(change.result == .applied)
      #expect(change.intent.before == Sample.fraudCheck)
      #expect(change.intent.before.displayName == "Fraud check")
      #expect(change.after == Sample.newVendor)
      #expect(change.after.displayName == "Fraud check (new vendor)")
      let recorded = try await fixture.history.change(change.id)?.result
      #expect(recorded == .applied)
    }
  }

  @Test func aChangeToTheCurrentReferenceIsSentAndRecordedButHasNoEffect() async throws {
    try await withService { fixture in
      let change = try await fixture.set(Sample.fraudCheck)

      #expect(fixture.directory.writes.count == 1)
      #expect(change.result == .applied)
      #expect(!change.isEffective)
      #expect(
        try await fixture.history.effectiveChanges(at: Sample.signup, settledBefore: nil, limit: 1).isEmpty
      )
    }
  }

  @Test(arguments: [Role.reader, .admin])
  func aDeniedChangeIsRecordedAndNotSent(role: Role) async throws {
    try await withService { fixture in
      let error = await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor, as: role) }

      #expect(error?.changes.map(\.number) == [1])
      let change = try #require(try await fixture.history.change(Change.ID(1)))
      #expect(change.result == .denied)
      #expect(change.intent.before == .unknown)
      #expect(fixture.directory.writes.isEmpty)
    }
  }

  @Test func aRefusalIsRecordedAndReturned() async throws {
    try await withService { fixture in
      fixture.directory.react(.refuse(DirectoryRefusal(httpStatus: 409, code: "Conflict", message: "no")))

      let error = await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }

      guard case .refused(_, let refusal) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(refusal.httpStatus == 409)
      let change = try #require(try await fixture.history.change(Change.ID(1)))
      #expect(change.result == .rejected)
      #expect(change.outcome?.code == "Conflict")
      #expect(change.intent.before == Sample.fraudCheck)
    }
  }

  @Test func ifTheReadIsRefusedTheEarlierReferenceIsRecordedAsUnknown() async throws {
    try await withService { fixture in
      let unknown = Sample.address("b2cUserFlows/B2C_1_nowhere/postFederationSignup")

      await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor, at: unknown) }

      let change = try #require(try await fixture.history.change(Change.ID(1)))
      #expect(change.result == .rejected)
      #expect(change.intent.before == .unknown)
      #expect(change.outcome?.httpStatus == 404)
      #expect(fixture.directory.writes.isEmpty)
    }
  }

  @Test(arguments: [
    DirectoryFailure.unavailable(reason: "timeout"),
    .refused(DirectoryRefusal(httpStatus: 429, code: "TooManyRequests", message: "later", retryAfter: "10")),
  ])
  func ifTheDirectoryCannotBeReadNoChangeIsSentOrRecorded(failure: DirectoryFailure) async throws {
    try await withService { fixture in
      fixture.directory.failReads(failure)

      await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }

      #expect(fixture.directory.writes.isEmpty)
      let newest = try await fixture.history.newestID()
      #expect(newest == nil)
    }
  }

  @Test func aWriteThatWasNotSentIsNotApplied() async throws {
    try await withService { fixture in
      fixture.directory.react(.neverSent)

      let error = await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }

      guard case .notSent = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      let recorded = try await fixture.history.change(Change.ID(1))?.result
      #expect(recorded == .notApplied)
    }
  }

  @Test(arguments: [
    (ScriptedDirectory.Reaction.applyAndLoseAnswer, Change.Result.applied), (.loseRequest, .notApplied),
  ])
  func anUnknownOutcomeIsSettledByTheNextRequest(
    reaction: ScriptedDirectory.Reaction,
    result: Change.Result
  ) async throws {
    try await withService { fixture in
      fixture.directory.react(reaction)

      let error = await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }
      let recorded = try await fixture.history.change(Change.ID(1))?.result
      #expect(recorded == .pending)
      let next = try await fixture.set(.none)

      guard case .outcomeUnknown(let ids, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(ids.map(\.number) == [1])
      let settled = try #require(try await fixture.history.change(Change.ID(1)))
      #expect(settled.result == result)
      #expect(settled.outcome?.settledBy == .reconciler)
      #expect(next.intent.before == (result == .applied ? Sample.newVendor : Sample.fraudCheck))
    }
  }

  @Test func aPendingChangeLocksItsAddressAsLongAsTheDirectoryCannotBeRead() async throws {
    try await withService { fixture in
      fixture.directory.react(.applyAndLoseAnswer)
      await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }
      fixture.directory.failReads(.unavailable(reason: "timeout"))

      let error = await #expect(throws: ServiceError.self) { try await fixture.set(.none) }

      guard case .stepUnresolved(let id, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(id.number == 1)
    }
  }

  @Test func aPendingChangeIsSupersededIfTheStepHasAThirdReference() async throws {
    try await withService { fixture in
      fixture.directory.react(.loseRequest)
      await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }
      fixture.directory.changeWithoutReflog(Sample.signup, .none)

      let next = try await fixture.set(Sample.fraudCheck)

      let recorded = try await fixture.history.change(Change.ID(1))?.result
      #expect(recorded == .superseded)
      let drift = try #require(try await fixture.history.change(Change.ID(2)))
      #expect(drift.intent.kind == .drift)
      #expect(drift.intent.before == Sample.fraudCheck)
      #expect(drift.after == .none)
      #expect(next.id.number == 3)
      #expect(next.intent.before == .none)
    }
  }

  @Test func aChangeMadeWithoutReflogIsRecordedAsDrift() async throws {
    try await withService { fixture in
      let first = try await fixture.set(Sample.newVendor)
      fixture.directory.changeWithoutReflog(Sample.signup, .none)

      let change = try await fixture.set(Sample.fraudCheck)

      let drift = try #require(try await fixture.history.change(Change.ID(2)))
      #expect(drift.intent.kind == .drift)
      #expect(drift.result == .applied)
      #expect(drift.intent.actor.type == .unknown)
      #expect(drift.intent.before == Sample.newVendor)
      #expect(drift.after == .none)
      #expect(drift.intent.lastVerifiedDateTime == first.resultDateTime)
      #expect(change.intent.before == .none)
    }
  }

  @Test func requestsForOneAddressRunOneAtATime() async throws {
    try await withService { fixture in
      await withTaskGroup { group in
        for number in 0..<50 {
          group.addTask {
            _ = try? await fixture.set(number.isMultiple(of: 2) ? Sample.newVendor : .none)
          }
        }
      }

      let changes = try await fixture.history.changes(ChangeQuery(isAscending: true))
      #expect(changes.count == 50)
      #expect(zip(changes, changes.dropFirst()).allSatisfy { $1.intent.before == $0.after })
    }
  }

  @Test func deletingAFlowClearsEachOfItsReferences() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor, at: Sample.attributes)

      let receipt = try await fixture.service.perform(
        fixture.request(.deleteFlow(FlowName(of: Sample.signup)))
      )

      let cleared = Set(receipt.changes.compactMap(\.intent.subject.address))
      #expect(cleared == [Sample.signup, Sample.attributes])
      #expect(receipt.changes.allSatisfy { $0.after == .none && $0.result == .applied })
    }
  }

  @Test func aConnectorIsRecordedWithoutItsSecrets() async throws {
    try await withService { fixture in
      let body: JSONObject = [
        "displayName": "Age check", "targetUrl": "https://api.contoso.example/age?code=canary",
        "authenticationConfiguration": .object(["password": "canary"]),
      ]

      let receipt = try await fixture.service.perform(fixture.request(.createConnector(body)))

      let change = try #require(try await fixture.history.change(receipt.changes[0].id))
      #expect(change.intent.subject == .connector)
      #expect(change.intent.before == .none)
      #expect(change.after.connectorID?.text == "created")
      #expect(
        change.intent.changedProperties == [
          .init(name: "displayName", before: nil, after: "Age check"),
          .init(name: "targetUrl", before: nil, after: "https://api.contoso.example/age?…"),
          .init(name: "authenticationConfiguration", before: nil, after: nil),
        ]
      )
    }
  }

  @Test(arguments: [
    (ScriptedDirectory.Reaction.neverSent, 2), (.refuse(DirectoryRefusal(httpStatus: 429, code: "x", message: "y")), 2),
    (.refuse(DirectoryRefusal(httpStatus: 409, code: "x", message: "y")), 1), (.applyAndLoseAnswer, 1),
    (.loseRequest, 1),
  ])
  func anIdempotencyKeyIsFreeAgainIfNoChangeWasApplied(reaction: ScriptedDirectory.Reaction, sent: Int) async throws {
    try await withService { fixture in
      let key = IdempotencyKey(keyHash: Array(repeating: 1, count: 32), bodyHash: Array(repeating: 2, count: 32))
      let request = fixture.request(.setReference(Sample.signup, Sample.newVendor), named: key)
      fixture.directory.react(reaction)

      for _ in 0..<2 { _ = try? await fixture.service.perform(request) }

      #expect(fixture.directory.writes.count == sent)
    }
  }

  @Test func aRepeatHasAnUnknownOutcomeIfTheFirstRequestIsPending() async throws {
    try await withService { fixture in
      let key = IdempotencyKey(keyHash: Array(repeating: 1, count: 32), bodyHash: Array(repeating: 2, count: 32))
      let request = fixture.request(.setReference(Sample.signup, Sample.newVendor), named: key)
      fixture.directory.react(.loseRequest)
      await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }
      fixture.directory.failReads(.unavailable(reason: "timeout"))

      let error = await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }

      guard case .outcomeUnknown(let ids, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(ids == [Change.ID(1)])
      #expect(fixture.directory.writes.count == 1)
    }
  }

  /// The service must check the idempotency key even if a deletion has no change to record.
  ///
  /// The second deletion finds a flow without references. So no transaction runs that could check the key.
  @Test func aRepeatedDeletionOfAFlowIsNotSentAgain() async throws {
    try await withService { fixture in
      let key = IdempotencyKey(keyHash: Array(repeating: 1, count: 32), bodyHash: Array(repeating: 2, count: 32))
      let request = fixture.request(.deleteFlow(FlowName(of: Sample.signup)), named: key)
      _ = try await fixture.service.perform(fixture.request(.setReference(Sample.signup, Sample.newVendor)))
      _ = try await fixture.service.perform(request)
      let sent = fixture.directory.writes.count

      let receipt = try await fixture.service.perform(request)

      #expect(receipt.changes.map(\.result) == [.applied])
      #expect(fixture.directory.writes.count == sent)
    }
  }
}
