import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

struct RollbackTests {
  @Test func aRollbackRestoresTheReferenceBeforeTheChange() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)

      let rollback = try await fixture.rollBack(bad.id)

      #expect(rollback.intent.kind == .rollback)
      #expect(rollback.intent.rollbackOf == bad.id)
      #expect(rollback.after == Sample.fraudCheck)
      #expect(try await fixture.directory.reference(at: Sample.signup) == Sample.fraudCheck)
    }
  }

  @Test func aRollbackCanBeRolledBack() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      let rollback = try await fixture.rollBack(bad.id)

      let again = try await fixture.rollBack(rollback.id)

      #expect(again.after == Sample.newVendor)
    }
  }

  @Test func aChangeIsShownWithItsRollbackAndWithTheRollbackOfItsRollback() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      let rollback = try await fixture.rollBack(bad.id)
      let again = try await fixture.rollBack(rollback.id)
      let history = HistoryService(history: fixture.history)

      let contexts = try await history.inContext([bad, rollback, again], of: ChangeQuery())
      let one = try await history.inContext(bad)

      #expect(contexts.map(\.rolledBackBy) == [[rollback.id, again.id], [again.id], []])
      #expect(contexts.map(\.isRolledBack) == [false, true, false])
      #expect(one.rolledBackBy == [rollback.id, again.id])
      #expect(one.calledBy == nil)
    }
  }

  @Test func theEditsOfAConnectorAreInThePlanOfARollbackThatRestoresIt() async throws {
    let clock = ManualClock()
    try await withService(clock: clock) { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      clock.advance(by: .seconds(1))
      let edit = try await fixture.ledger.record(
        Change.Intent(
          subject: .connector,
          kind: .update,
          before: Sample.fraudCheck,
          after: Sample.fraudCheck,
          changedProperties: [Change.ChangedProperty(name: "targetUrl", before: "https://a", after: "https://b")],
          actor: Sample.operatorActor,
          reason: nil,
          requestID: "request"
        ),
        .found
      )
      let caller = Caller(actor: Sample.operatorActor, credential: .roles([.operator]))

      let plan = try await fixture.service.plan(rollbackOf: bad.id, for: caller)

      #expect(plan.edits?.changes.map(\.id) == [edit.id])
      let sentence = "; Fraud check was edited since (change \(edit.id)): targetUrl https://a → https://b"
      #expect(plan.summary.hasSuffix(sentence))
    }
  }

  @Test func laterChangesBlockARollbackUnlessForced() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      let later = try await fixture.set(.none)

      let error = await #expect(throws: ServiceError.self) { try await fixture.rollBack(bad.id) }
      let forced = try await fixture.rollBack(bad.id, force: true)

      guard case .changeSuperseded(let id, let blocking) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(id == bad.id)
      #expect(blocking == [later.id])
      #expect(forced.intent.before == .none)
      #expect(forced.after == Sample.fraudCheck)
    }
  }

  @Test func aLaterChangeBlocksARollbackEvenIfTheSameReferenceIsSetAgain() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      _ = try await fixture.set(.none)
      _ = try await fixture.set(Sample.newVendor)

      await #expect(throws: ServiceError.self) { try await fixture.rollBack(bad.id) }
    }
  }

  @Test func aChangeWithoutEffectDoesNotBlockARollback() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      _ = try await fixture.set(Sample.newVendor)

      #expect(try await fixture.rollBack(bad.id).after == Sample.fraudCheck)
    }
  }

  @Test func aRollbackIsBlockedByAChangeMadeWithoutReflog() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      fixture.directory.changeWithoutReflog(Sample.signup, .none)

      let error = await #expect(throws: ServiceError.self) { try await fixture.rollBack(bad.id) }

      guard case .changeSuperseded(_, let later) = error, let drift = later.first else {
        Issue.record("\(String(describing: error))")
        return
      }
      let recorded = try await fixture.history.change(drift)?.intent.kind
      #expect(recorded == .drift)
      #expect(fixture.directory.writes.count == 1)
    }
  }

  @Test func aDriftDoesNotBlockARollbackIfTheCallerHasSeenIt() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      fixture.directory.changeWithoutReflog(Sample.signup, .none)

      let unseen = RollbackRule.LaterChanges.drift(to: Sample.fraudCheck, and: .none)
      await #expect(throws: ServiceError.self) {
        try await fixture.service.perform(fixture.request(.rollBack(bad.id, permitting: unseen)))
      }
    }
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      fixture.directory.changeWithoutReflog(Sample.signup, .none)

      let seen = RollbackRule.LaterChanges.drift(to: .none, and: .none)
      let receipt = try await fixture.service.perform(fixture.request(.rollBack(bad.id, permitting: seen)))

      #expect(receipt.changes.first?.after == Sample.fraudCheck)
    }
  }

  @Test func aRepeatOfARollbackReturnsTheFirstRollback() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)

      let rollbacks = try await withThrowingTaskGroup { group in
        for _ in 0..<20 { group.addTask { try await fixture.rollBack(bad.id) } }
        return try await group.reduce(into: Set<Change.ID>()) { $0.insert($1.id) }
      }

      #expect(rollbacks.count == 1)
      #expect(fixture.directory.writes.count == 2)
    }
  }

  @Test func aRepeatOfARollbackIsCheckedAgainAfterALaterChange() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      _ = try await fixture.rollBack(bad.id)
      _ = try await fixture.set(.none)

      await #expect(throws: ServiceError.self) { try await fixture.rollBack(bad.id) }
    }
  }

  @Test func theConnectorThatARollbackRestoresMustExist() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      let id = try #require(Sample.fraudCheck.connectorID)
      fixture.directory.removeConnector(id)

      let error = await #expect(throws: ServiceError.self) { try await fixture.rollBack(bad.id) }
      let plan = try await fixture.service.plan(
        rollbackOf: bad.id,
        for: fixture.request(.setReference(Sample.signup, .none)).caller
      )

      guard case .connectorMissing(let missing) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(missing == id)
      #expect(!plan.connectorExists)
      #expect(fixture.directory.writes.count == 1)
    }
  }

  @Test func onlyAnAppliedChangeCanBeRolledBack() async throws {
    try await withService { fixture in
      fixture.directory.react(.applyAndLoseAnswer)
      await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }

      let error = await #expect(throws: ServiceError.self) { try await fixture.rollBack(Change.ID(1)) }

      #expect(
        error?.description
          == "Change 1 can't be rolled back: it is pending, and only an applied change can be rolled back."
      )
      await #expect(throws: ServiceError.self) { try await fixture.rollBack(Change.ID(99)) }
    }
  }

  @Test func aPlanShowsTheReferencesAndChangesNoReference() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      let later = try await fixture.set(.none)

      let plan = try await fixture.service.plan(
        rollbackOf: bad.id,
        for: fixture.request(.setReference(Sample.signup, .none)).caller
      )

      #expect(
        plan.summary == "postFederationSignup of B2C_1_signup will call "
          + "Fraud check (3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01); it now calls nothing"
      )
      #expect(plan.supersededBy == [later.id])
      #expect(fixture.directory.writes.count == 2)
      #expect(try await fixture.history.newestID() == later.id)
    }
  }

  @Test func aDeniedRollbackIsRecorded() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)

      await #expect(throws: ServiceError.self) {
        try await fixture.service.perform(fixture.request(.rollBack(bad.id, permitting: .none), as: .reader))
      }

      let denied = try #require(try await fixture.history.change(Change.ID(2)))
      #expect(denied.result == .denied)
      #expect(denied.intent.kind == .rollback)
      #expect(denied.intent.rollbackOf == bad.id)
    }
  }

  @Test func aDeniedRollbackDoesNotChangeTheAnswerToARepeat() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      let rollback = try await fixture.rollBack(bad.id)
      await #expect(throws: ServiceError.self) {
        try await fixture.service.perform(fixture.request(.rollBack(bad.id, permitting: .none), as: .reader))
      }

      let again = try await fixture.rollBack(bad.id)
      let plan = try await fixture.service.plan(
        rollbackOf: bad.id,
        for: fixture.request(.setReference(Sample.signup, .none)).caller
      )

      #expect(again.id == rollback.id)
      #expect(plan.supersededBy.isEmpty)
    }
  }

  @Test func theAnswerToARepeatContainsThePendingFirstRollback() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      fixture.directory.react(.loseRequest)
      await #expect(throws: ServiceError.self) { try await fixture.rollBack(bad.id) }
      fixture.directory.failReads(.unavailable(reason: "timeout"))

      let error = await #expect(throws: ServiceError.self) { try await fixture.rollBack(bad.id) }

      guard case .outcomeUnknown(let ids, _) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(ids.map(\.number) == [2])
    }
  }

  @Test func aPlanShowsAChangeMadeWithoutReflog() async throws {
    try await withService { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      fixture.directory.changeWithoutReflog(Sample.signup, .none)

      let plan = try await fixture.service.plan(
        rollbackOf: bad.id,
        for: fixture.request(.setReference(Sample.signup, .none)).caller
      )

      #expect(plan.isDrifted)
      #expect(plan.summary.hasSuffix("it now calls nothing, which was set without Reflog"))
    }
  }
}
