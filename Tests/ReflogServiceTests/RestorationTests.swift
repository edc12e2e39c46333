import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of the restoration of the values that a connector had before an edit.
struct RestorationTests {
  private let clock = ManualClock(movingBy: .seconds(1))

  /// Edits the connector `fraudCheck`, and returns the change.
  private func edit(_ body: JSONObject, _ fixture: ServiceFixture) async throws -> Change {
    let id = try #require(Sample.fraudCheck.connectorID)
    let receipt = try await fixture.service.perform(fixture.request(.updateConnector(id, body)))
    return try #require(receipt.changes.first)
  }

  /// Restores the values before an edit, and returns the change that restored them.
  private func restore(
    _ id: Change.ID,
    permitting later: RollbackRule.LaterChanges = .none,
    _ fixture: ServiceFixture
  ) async throws -> Change {
    let request = fixture.request(.deleteConnector(try #require(Sample.fraudCheck.connectorID)))
    let action = try await fixture.service.update(restoring: id, permitting: later, for: request.caller)
    return try #require(try await fixture.service.perform(fixture.request(action)).changes.first)
  }

  private func writtenURL(_ fixture: ServiceFixture) -> String? {
    guard case .updateConnector(_, let body)? = fixture.directory.writes.last else { return nil }
    return body["targetUrl"]?.string
  }

  @Test func laterEditsOfOtherPropertiesDoNotBlockARestoration() async throws {
    try await withService(clock: clock) { fixture in
      let change = try await edit(["targetUrl": "https://new.example/"], fixture)
      _ = try await edit(["displayName": "Other"], fixture)

      let made = try await restore(change.id, fixture)

      #expect(made.result == .applied)
      #expect(made.intent.kind == .update)
      #expect(made.intent.changedProperties?.map(\.name) == ["targetUrl"])
      #expect(writtenURL(fixture) == "https://api.contoso.example/")
      // The restoration itself is a later edit of the same property.
      let again = await #expect(throws: ServiceError.self) { _ = try await restore(change.id, fixture) }
      guard case .editSuperseded(_, by: [made.id]) = again else { Issue.record("\(String(describing: again))"); return }
    }
  }

  @Test func ofTwoBadEditsTheOlderIsRestoredOnlyByForce() async throws {
    try await withService(clock: clock) { fixture in
      let first = try await edit(["targetUrl": "https://bad.example/"], fixture)
      let second = try await edit(["targetUrl": "https://worse.example/"], fixture)
      let third = try await edit(["targetUrl": "https://worst.example/"], fixture)

      let refused = await #expect(throws: ServiceError.self) { _ = try await restore(first.id, fixture) }
      // The caller saw the second edit, but not the third edit.
      let unseen = await #expect(throws: ServiceError.self) {
        _ = try await restore(first.id, permitting: .upTo(second.id), fixture)
      }

      for error in [refused, unseen] {
        guard case .editSuperseded(first.id, by: [second.id, third.id]) = error else {
          Issue.record("\(String(describing: error))")
          return
        }
      }
      #expect(writtenURL(fixture) == "https://worst.example/")
      #expect(try await restore(first.id, permitting: .all, fixture).result == .applied)
      #expect(writtenURL(fixture) == "https://api.contoso.example/")
    }
  }

  @Test func thePlanNamesTheValuesAndTheStepsThatCallTheConnector() async throws {
    try await withService(clock: clock) { fixture in
      let set = try await fixture.set(Sample.fraudCheck)
      let change = try await edit(["targetUrl": "https://bad.example/"], fixture)
      let caller = fixture.request(.setReference(Sample.signup, .none)).caller

      let plan = try await fixture.service.plan(restoring: change.id, for: caller)

      #expect(
        plan.summary == """
          Fraud check: targetUrl will be https://api.contoso.example/; it is now https://bad.example/
          """
      )
      let callers = try await fixture.service.callers(of: plan.values.connector, for: caller)
      #expect(callers == [Sample.signup])
      #expect(set.result == .applied)
      #expect(try await fixture.service.freeze(covering: plan) == nil)
      #expect(fixture.directory.writes.count == 2)
    }
  }

  @Test func theStepsThatCallTheConnectorAreFrozenAfterwards() async throws {
    try await withService(clock: clock) { fixture in
      let caller = fixture.request(.setReference(Sample.signup, .none)).caller
      func freeze(_ connector: ConnectorReference) async throws -> (freezes: [Freeze], isComplete: Bool) {
        let id = try #require(connector.connectorID)
        return await fixture.service.freezeCallers(of: id, for: caller) { address in
          Freeze.Draft(scope: .address(address), reason: "INC0042")
        }
      }
      _ = try await fixture.set(Sample.fraudCheck)

      let none = try await freeze(Sample.newVendor)
      let placed = try await freeze(Sample.fraudCheck)

      #expect(none.freezes.isEmpty)
      #expect(!none.isComplete)
      #expect(placed.freezes.map(\.scope) == [.address(Sample.signup)])
      #expect(placed.isComplete)
      let refused = await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }
      guard case .frozen = refused else { Issue.record("\(String(describing: refused))"); return }
    }
  }

  @Test func whatIsNotRecordedIsNotRestored() async throws {
    try await withService(clock: clock) { fixture in
      let secret = try await edit(["authenticationConfiguration": .object(["password": "x"])], fixture)
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
        let refused = await #expect(throws: ServiceError.self) { _ = try await restore(id, fixture) }
        guard case .notRestorable(id, let why) = refused else {
          Issue.record("\(String(describing: refused))")
          continue
        }
        #expect(why == text)
      }
      // A caller without the right to make changes does not learn why.
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
      let change = try await edit(["targetUrl": "https://new.example/"], fixture)
      fixture.directory.react(.applyAndLoseAnswer)
      let lost = await #expect(throws: ServiceError.self) {
        _ = try await edit(["targetUrl": "https://other.example/"], fixture)
      }
      guard case .outcomeUnknown(let ids, _) = lost, let pending = ids.first else {
        Issue.record("\(String(describing: lost))")
        return
      }
      #expect(try await history.restoration(of: change)?.supersededBy.map(\.id) == [pending])
      clock.advance(by: .seconds(120))

      let refused = await #expect(throws: ServiceError.self) { _ = try await restore(change.id, fixture) }

      guard case .editSuperseded(change.id, by: [pending]) = refused else {
        Issue.record("\(String(describing: refused))")
        return
      }
      #expect(try await history.change(pending).result == .applied)
      #expect(try await restore(change.id, permitting: .upTo(pending), fixture).result == .applied)
    }
  }
}
