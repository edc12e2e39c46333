import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of the restoration of the values that a connector had before an edit.
struct RestorationTests {
  private let clock = ManualClock(movingBy: .seconds(1))

  private func writtenURL(_ fixture: ServiceFixture) -> String? {
    guard case .updateConnector(_, let body)? = fixture.directory.writes.last else { return nil }
    return body["targetUrl"]?.string
  }

  @Test func laterEditsOfOtherPropertiesDoNotBlockARestoration() async throws {
    try await withService(clock: clock) { fixture in
      let change = try await fixture.edit(["targetUrl": "https://new.example/"])
      _ = try await fixture.edit(["displayName": "Other"])

      let made = try await fixture.restore(change.id)

      #expect(made.result == .applied)
      #expect(made.intent.kind == .update)
      #expect(made.intent.changedProperties?.map(\.name) == ["targetUrl"])
      #expect(writtenURL(fixture) == "https://api.contoso.example/")
      // A repeated request sends nothing, and returns the first restoration.
      let count = fixture.directory.writes.count
      #expect(try await fixture.restore(change.id).id == made.id)
      #expect(try await fixture.restore(change.id, permitting: .all).id == made.id)
      #expect(fixture.directory.writes.count == count)
      let caller = fixture.request(.setReference(Sample.signup, .none)).caller
      let plan = try await fixture.service.plan(restoring: change.id, for: caller)
      #expect(plan.done?.id == made.id)
      #expect(plan.supersededBy.isEmpty)
      #expect(plan.summary == "Other: change \(made.id) has already restored these values, so nothing will be sent")
      // After another edit of the property, the connector no longer has the restored value. So a repeated request is
      // refused.
      let worse = try await fixture.edit(["targetUrl": "https://worse.example/"])
      let refused = await #expect(throws: ServiceError.self) { _ = try await fixture.restore(change.id) }
      guard case .editSuperseded(_, by: [made.id, worse.id]) = refused else {
        Issue.record("\(String(describing: refused))")
        return
      }
    }
  }

  @Test func aRepetitionIsDoneEvenIfTheCallingStepIsFrozenNow() async throws {
    try await withService(clock: clock) { fixture in
      let caller = fixture.request(.setReference(Sample.signup, .none)).caller
      _ = try await fixture.set(Sample.fraudCheck)
      let change = try await fixture.edit(["targetUrl": "https://bad.example/"])
      let made = try await fixture.restore(change.id)
      _ = try await fixture.service.place(
        Freeze.Draft(scope: .address(Sample.signup), reason: "INC0042"),
        for: caller
      )

      #expect(try await fixture.restore(change.id).id == made.id)
      let (done, other) = (
        try await fixture.service.plan(restoring: change.id, for: caller),
        try await fixture.service.plan(restoring: made.id, for: caller)
      )
      #expect(try await fixture.service.freeze(covering: done) == nil)
      #expect(try await fixture.service.freeze(covering: other) != nil)
      // A restoration of the values from before the first restoration would send a write. So the freeze refuses this
      // second restoration.
      let refused = await #expect(throws: ServiceError.self) { _ = try await fixture.restore(made.id) }
      guard case .frozen = refused else { Issue.record("\(String(describing: refused))"); return }
      #expect(fixture.directory.writes.count == 3)
    }
  }

  @Test func anEditWithoutReflogIsRecordedAndRefusesTheRestoration() async throws {
    try await withService(clock: clock, settleWindow: .seconds(60), longestWrite: .seconds(40)) { fixture in
      let history = HistoryService(history: fixture.history)
      let id = try #require(Sample.fraudCheck.connectorID)
      let change = try await fixture.edit(["targetUrl": "https://bad.example/"])
      fixture.directory.changeWithoutReflog(
        DirectoryConnector(id: id, displayName: "Fraud check", targetURL: "https://by-hand.example/")
      )

      let refused = await #expect(throws: ServiceError.self) { _ = try await fixture.restore(change.id) }

      guard case .editSuperseded(change.id, by: let later) = refused, let drift = later.first, later.count == 1 else {
        Issue.record("\(String(describing: refused))")
        return
      }
      let recorded = try await history.change(drift)
      let expected = Change.ChangedProperty(
        name: "targetUrl",
        before: "https://bad.example/",
        after: "https://by-hand.example/"
      )
      #expect(recorded.intent.kind == .drift)
      #expect(recorded.result == .applied)
      #expect(recorded.intent.changedProperties == [expected])
      #expect(fixture.directory.writes.count == 1)
      // The second request does not record the drift again. A person who has seen the drift can overwrite it.
      await #expect(throws: ServiceError.self) { _ = try await fixture.restore(change.id) }
      #expect(try await fixture.restore(change.id, permitting: .upTo(drift)).id.number == drift.number + 1)
      #expect(writtenURL(fixture) == "https://api.contoso.example/")
    }
  }

  @Test func aSweepDoesNotRecordAgainWhatARestorationRecorded() async throws {
    try await Sweeping.with(clock: clock, settleWindow: .seconds(60)) { sweeping in
      let id = try #require(Sample.fraudCheck.connectorID)
      _ = await sweeping.sweeper.sweep()
      let change = try await sweeping.fixture.edit(["targetUrl": "https://bad.example/"])
      clock.advance(by: .seconds(120))
      sweeping.directory.changeWithoutReflog(
        DirectoryConnector(id: id, displayName: "By hand", targetURL: "https://by-hand.example/")
      )
      await #expect(throws: ServiceError.self) { _ = try await sweeping.fixture.restore(change.id) }
      clock.advance(by: .seconds(120))

      _ = await sweeping.sweeper.sweep()

      let drifts = try await sweeping.changes().filter { $0.intent.kind == .drift && $0.intent.subject == .connector }
      #expect(drifts.count == 1)
      #expect(drifts.first?.intent.before.displayName == "Fraud check")
      #expect(drifts.first?.after.displayName == "By hand")
      #expect(drifts.first?.intent.lastVerifiedDateTime != nil)
    }
  }

  @Test func valuesThatWereRestoredWithoutReflogAreDone() async throws {
    try await withService(clock: clock, settleWindow: .seconds(60), longestWrite: .seconds(40)) { fixture in
      let id = try #require(Sample.fraudCheck.connectorID)
      let change = try await fixture.edit(["targetUrl": "https://bad.example/"])
      clock.advance(by: .seconds(120))
      fixture.directory.changeWithoutReflog(
        DirectoryConnector(id: id, displayName: "Fraud check", targetURL: "https://api.contoso.example/")
      )

      let done = try await fixture.restore(change.id)

      #expect(done.intent.kind == .drift)
      #expect(fixture.directory.writes.count == 1)
    }
  }

  @Test func aRestorationWithoutAReasonNamesTheEdit() async throws {
    try await withService(clock: clock) { fixture in
      let change = try await fixture.edit(["targetUrl": "https://bad.example/"])
      let caller = fixture.request(.setReference(Sample.signup, .none)).caller
      let action = try await fixture.service.update(restoring: change.id, permitting: .none, for: caller)
      let request = ChangeRequest(action: action, caller: caller, reason: nil, correlationID: nil, requestID: "request")

      let made = try await fixture.service.perform(request).changes.first

      #expect(made?.intent.reason == "Restores the values before change \(change.id)")
    }
  }

  @Test func aRepetitionWithTheSameKeyIsAnsweredAfterTheConnectorIsDeleted() async throws {
    try await withService(clock: clock) { fixture in
      let key = IdempotencyKey(keyHash: Array(repeating: 1, count: 32), bodyHash: Array(repeating: 2, count: 32))
      let other = IdempotencyKey(keyHash: Array(repeating: 1, count: 32), bodyHash: Array(repeating: 3, count: 32))
      let id = try #require(Sample.fraudCheck.connectorID)
      let change = try await fixture.edit(["targetUrl": "https://bad.example/"])
      let caller = fixture.request(.setReference(Sample.signup, .none)).caller
      let action = try await fixture.service.update(restoring: change.id, permitting: .none, for: caller)
      let made = try await fixture.service.perform(fixture.request(action, named: key)).changes.first
      _ = try await fixture.service.perform(fixture.request(.deleteConnector(id)))

      await #expect(throws: ServiceError.self) {
        _ = try await fixture.service.update(restoring: change.id, permitting: .none, for: caller)
      }
      let earlier = try await fixture.service.earlierRestoration(named: key, for: caller)?.changes.first

      #expect(earlier?.id == made?.id)
      #expect(earlier != nil)
      #expect(try await fixture.service.earlierRestoration(named: nil, for: caller)?.changes == nil)
      let mismatch = await #expect(throws: ServiceError.self) {
        _ = try await fixture.service.earlierRestoration(named: other, for: caller)
      }
      guard case .idempotencyMismatch = mismatch else { Issue.record("\(String(describing: mismatch))"); return }
    }
  }

  @Test func ofTwoBadEditsTheOlderIsRestoredOnlyByForce() async throws {
    try await withService(clock: clock) { fixture in
      let first = try await fixture.edit(["targetUrl": "https://bad.example/"])
      let second = try await fixture.edit(["targetUrl": "https://worse.example/"])
      let third = try await fixture.edit(["targetUrl": "https://worst.example/"])

      let refused = await #expect(throws: ServiceError.self) { _ = try await fixture.restore(first.id) }
      // The caller saw the second edit, but not the third edit.
      let unseen = await #expect(throws: ServiceError.self) {
        _ = try await fixture.restore(first.id, permitting: .upTo(second.id))
      }

      for error in [refused, unseen] {
        guard case .editSuperseded(first.id, by: [second.id, third.id]) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
      #expect(writtenURL(fixture) == "https://worst.example/")
      #expect(try await fixture.restore(first.id, permitting: .all).result == .applied)
      #expect(writtenURL(fixture) == "https://api.contoso.example/")
    }
  }

  @Test func thePlanNamesTheValuesAndTheStepsThatCallTheConnector() async throws {
    try await withService(clock: clock) { fixture in
      let set = try await fixture.set(Sample.fraudCheck)
      let change = try await fixture.edit(["targetUrl": "https://bad.example/"])
      let caller = fixture.request(.setReference(Sample.signup, .none)).caller

      let plan = try await fixture.service.plan(restoring: change.id, for: caller)

      #expect(
        plan.summary == """
          Fraud check: targetUrl will be https://api.contoso.example/; the newest recorded value is \
          https://bad.example/
          """
      )
      let callers = try await fixture.service.callers(of: plan.values.connector, for: caller)
      #expect(callers.addresses == [Sample.signup])
      #expect(callers.count == 1)
      #expect(set.result == .applied)
      #expect(try await fixture.service.freeze(covering: plan) == nil)
      #expect(fixture.directory.writes.count == 2)
    }
  }

  @Test func theStepsThatCallTheConnectorAreFrozenAfterwards() async throws {
    try await withService(clock: clock) { fixture in
      let caller = fixture.request(.setReference(Sample.signup, .none)).caller
      func freeze(_ connector: ConnectorReference) async throws -> FrozenCallers {
        let id = try #require(connector.connectorID)
        return await fixture.service.freezeCallers(of: id, for: caller) { address in
          Freeze.Draft(scope: .address(address), reason: "INC0042")
        }
      }
      _ = try await fixture.set(Sample.fraudCheck)

      let none = try await freeze(Sample.newVendor)
      let placed = try await freeze(Sample.fraudCheck)

      #expect(none.placed.isEmpty)
      #expect(!none.isComplete)
      #expect(placed.placed.map(\.scope) == [.address(Sample.signup)])
      #expect(placed.isComplete)
      // A second request places no second freeze.
      let again = try await freeze(Sample.fraudCheck)
      #expect(again.placed.isEmpty)
      #expect(again.earlier.map(\.id) == placed.placed.map(\.id))
      #expect(again.isComplete)
      let refused = await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }
      guard case .frozen = refused else { Issue.record("\(String(describing: refused))"); return }
    }
  }

  @Test func aFreezeThatIsRepeatedALittleLaterIsNotPlacedAgain() async throws {
    try await withService(clock: clock) { fixture in
      let caller = fixture.request(.setReference(Sample.signup, .none)).caller
      let id = try #require(Sample.fraudCheck.connectorID)
      func freezeForEightHours() async -> FrozenCallers {
        let end = fixture.service.freezeTime.before(.seconds(-8 * 3600))
        return await fixture.service.freezeCallers(of: id, for: caller) { address in
          Freeze.Draft(scope: .address(address), reason: "INC0042", until: end)
        }
      }
      _ = try await fixture.set(Sample.fraudCheck)

      let first = await freezeForEightHours()
      clock.advance(by: .seconds(40 * 60))
      let second = await freezeForEightHours()
      clock.advance(by: .seconds(20 * 60))
      let third = await freezeForEightHours()

      #expect(first.placed.count == 1)
      #expect(second.placed.isEmpty)
      #expect(second.earlier.map(\.id) == first.placed.map(\.id))
      #expect(third.placed.count == 1)
    }
  }

  @Test func whatIsNotRecordedIsNotRestored() async throws {
    try await withService(clock: clock) { fixture in
      let secret = try await fixture.edit(["authenticationConfiguration": .object(["password": "x"])])
      let step = try await fixture.set(Sample.newVendor)

      for (id, text) in [
        (
          secret.id,
          """
          the change does not record the values of authenticationConfiguration. Edit the connector yourself to set them
          """
        ),
        (
          step.id,
          "it is a change of a step. To roll it back, use `reflog rollback 2` or the page of the change"
        ),
      ] {
        let refused = await #expect(throws: ServiceError.self) { _ = try await fixture.restore(id) }
        guard case .notRestorable(id, let why) = refused else {
          Issue.record("\(String(describing: refused))")
          continue
        }
        #expect(why == text)
      }
      // A caller who is not permitted to make changes gets the error `forbidden`, without the reason why the change
      // can't be restored.
      let reader = fixture.request(.deleteConnector(try #require(Sample.fraudCheck.connectorID)), as: .reader).caller
      let denied = await #expect(throws: ServiceError.self) {
        _ = try await fixture.service.update(restoring: step.id, permitting: .none, for: reader)
      }
      guard case .forbidden = denied else { Issue.record("\(String(describing: denied))"); return }
    }
  }

  @Test func aLaterEditIsNotUndoneEvenIfItIsPendingAtFirst() async throws {
    try await withService(clock: clock, settleWindow: .seconds(60), longestWrite: .seconds(40)) { fixture in
      let history = HistoryService(history: fixture.history)
      let change = try await fixture.edit(["targetUrl": "https://new.example/"])
      fixture.directory.react(.applyAndLoseAnswer)
      let lost = await #expect(throws: ServiceError.self) {
        _ = try await fixture.edit(["targetUrl": "https://other.example/"])
      }
      guard case .outcomeUnknown(let ids, _) = lost, let pending = ids.first else {
        Issue.record("\(String(describing: lost))")
        return
      }
      #expect(try await history.restoration(of: change)?.supersededBy.map(\.id) == [pending])
      clock.advance(by: .seconds(120))

      let refused = await #expect(throws: ServiceError.self) { _ = try await fixture.restore(change.id) }

      guard case .editSuperseded(change.id, by: [pending]) = refused else {
        Issue.record("\(String(describing: refused))")
        return
      }
      #expect(try await history.change(pending).result == .applied)
      #expect(try await fixture.restore(change.id, permitting: .upTo(pending)).result == .applied)
    }
  }
}
