import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that freezes are also compared with the parts of a request for which no change is drafted.
struct FreezeCheckTests {
  private static let flow = FlowName(of: Sample.signup)
  private static let override = Group.Override(because: "Obsolete", by: Sample.operatorActor)

  private static func connector(_ reference: ConnectorReference) throws -> ConnectorID {
    try #require(reference.connectorID)
  }

  /// Returns the group that deletes a connector.
  private static func deletion(of reference: ConnectorReference, override: Group.Override? = nil) throws -> Group {
    let intent = Change.Intent(
      subject: .connector,
      kind: .update,
      before: reference,
      after: .none,
      actor: Sample.operatorActor,
      requestID: "request"
    )
    let id = try connector(reference)
    return Group(
      drafts: [.init(intent, .intended)],
      connectors: [id],
      parts: [.subject(.connector), .callers(of: id)],
      override: override
    )
  }

  @discardableResult
  private func freeze(_ scope: FreezeScope, _ ledger: Ledger, until: Timestamp? = nil) async throws -> Freeze {
    let draft = Freeze.Draft(scope: scope, reason: "INC0042", until: until)
    return try #require(try await ledger.place(draft, by: Sample.operatorActor).freeze)
  }

  private func overrides(in ledger: Ledger) async throws -> [ServiceEvent] {
    try await ledger.history.newestEvents(before: nil, limit: 100).filter { $0.content.kind == .freezeOverridden }
  }

  @Test(arguments: [FreezeScope.flow(flow), .address(Sample.signup)])
  func aConnectorThatAFrozenStepCallsIsNotDeleted(scope: FreezeScope) async throws {
    try await withLedger { ledger in
      try await ledger.apply(Sample.intent(before: .none, after: Sample.fraudCheck))
      try await ledger.apply(Sample.intent(before: Sample.fraudCheck, after: Sample.newVendor))
      let freeze = try await freeze(scope, ledger)

      let refused = try await ledger.append(Self.deletion(of: Sample.newVendor))

      guard case .frozen(let found) = refused else { Issue.record("\(refused)"); return }
      #expect((found.freeze.id, found.caller) == (freeze.id, Sample.signup))
      let parts = [ChangedPart.callers(of: try Self.connector(Sample.newVendor))]
      #expect(try await ledger.freezes(covering: parts).map(\.freeze.id) == [freeze.id])
      // The step called this connector before.
      guard case .recorded = try await ledger.append(Self.deletion(of: Sample.fraudCheck)) else {
        Issue.record("The deletion of a connector that no step calls was refused.")
        return
      }
    }
  }

  /// The directory may have applied the pending change, so the step possibly calls either of two connectors.
  @Test func aConnectorIsNotDeletedIfAFrozenStepPossiblyCallsIt() async throws {
    try await withLedger { ledger in
      try await ledger.apply(Sample.intent(before: .none, after: Sample.fraudCheck))
      try await ledger.record(Sample.intent(before: Sample.fraudCheck, after: Sample.newVendor), .intended)
      try await freeze(.flow(Self.flow), ledger)

      for reference in [Sample.fraudCheck, Sample.newVendor] {
        let appended = try await ledger.append(Self.deletion(of: reference))
        guard case .frozen = appended else { Issue.record("\(reference) \(appended)"); continue }
      }
    }
  }

  @Test func theReferenceThatAReadShowedCounts() async throws {
    try await withLedger { ledger in
      try await ledger.remember([.reference(Sample.signup, Sample.newVendor)])
      try await freeze(.address(Sample.signup), ledger)

      let appended = try await ledger.append(Self.deletion(of: Sample.newVendor))

      guard case .frozen = appended else { Issue.record("\(appended)"); return }
    }
  }

  /// The transaction that records the drift also reads the steps that called the connector, to find a freeze that
  /// covered one of these steps.
  @Test func aDriftOfAConnectorIsRecordedWhileAStepThatCallsItIsFrozen() async throws {
    try await withLedger { ledger in
      try await ledger.apply(Sample.intent(before: .none, after: Sample.newVendor))
      try await freeze(.flow(Self.flow), ledger)
      let intent = Change.Intent(
        subject: .connector,
        kind: .drift,
        before: Sample.newVendor,
        after: Sample.newVendor,
        actor: .unknown,
        requestID: "request",
        lastVerifiedDateTime: ledger.now
      )

      try await ledger.record(intent, .found)

      #expect(try await ledger.history.newestID() == Change.ID(2))
    }
  }

  @Test func theDeletionOfAConnectorHasTheOverrideOfTheStepsThatCallIt() async throws {
    try await withLedger { ledger in
      try await ledger.apply(Sample.intent(before: .none, after: Sample.newVendor))
      let freeze = try await freeze(.address(Sample.signup), ledger)

      let appended = try await ledger.append(Self.deletion(of: Sample.newVendor, override: Self.override))

      guard case .recorded(_, let drafts) = appended else { Issue.record("\(appended)"); return }
      #expect(drafts.first?.override?.freezes == [freeze.id])
      #expect(try await overrides(in: ledger).map { $0.content.details["changes"]?.string } == ["2"])
      #expect(ledger.figures.overrides == 1)
    }
  }

  /// The group deletes a flow whose steps call no connector.
  @Test func aGroupWithoutDraftsIsComparedWithTheFreezes() async throws {
    try await withLedger { ledger in
      let group = Group(parts: [.flow(Self.flow)])
      guard case .recorded = try await ledger.append(group) else { Issue.record("frozen"); return }
      try await freeze(.address(Self.flow.address(of: try #require(Step("unrecorded")))), ledger)

      let refused = try await ledger.append(group)
      let overridden = try await ledger.append(Group(parts: [.flow(Self.flow)], override: Self.override))

      guard case .frozen = refused, case .recorded(_, let drafts) = overridden, drafts.isEmpty else {
        Issue.record("\(refused) \(overridden)")
        return
      }
      let event = try #require(try await overrides(in: ledger).first)
      #expect(event.content.actor?.id == Sample.operatorActor.id)
      #expect(event.content.details["changes"]?.string == "")
    }
  }

  @Test func anOverrideIsNotRecordedIfTheGroupIsRefused() async throws {
    try await withLedger { ledger in
      try await ledger.apply(Sample.intent(before: .none, after: Sample.newVendor))
      try await freeze(.address(Sample.attributes), ledger)

      let refused = try await ledger.append(
        Group(
          drafts: [.init(Sample.intent(before: .none, after: .none), .intended)],
          prepared: [(Sample.signup, nil)],
          parts: [.flow(Self.flow)],
          override: Self.override
        )
      )

      guard case .moved = refused else { Issue.record("\(refused)"); return }
      #expect(try await overrides(in: ledger).isEmpty)
      #expect(ledger.figures.overrides == 0)
    }
  }

  @Test func aFreezeThatIsOverAtTheTimeOfItsTransactionIsNotPlaced() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      try await ledger.apply(Sample.intent(before: .none, after: Sample.newVendor))
      clock.advance(by: .seconds(-3600))
      let until = ledger.now.before(.seconds(-1800))
      #expect(ledger.now < ledger.nextTime)

      let placed = try await ledger.place(
        Freeze.Draft(scope: .everything, reason: "x", until: until),
        by: Sample.operatorActor
      )

      guard case .isEmpty = placed else { Issue.record("\(placed)"); return }
      #expect(try await ledger.history.newestEvents(before: nil, limit: 1).isEmpty)
    }
  }
}
