import ReflogLedger
import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogService

/// Tests that a freeze of a step or a flow covers the edits of the connectors that the frozen steps call.
struct FreezeOfCallersTests {
  private static let signupFlow = FlowName(of: Sample.signup)
  private static let operatorCaller = Caller(actor: Sample.operatorActor, credential: .roles([.operator]))
  private static let edit: JSONObject = ["displayName": "x"]

  @discardableResult
  private func freeze(_ scope: FreezeScope, _ fixture: ServiceFixture) async throws -> Freeze {
    try await fixture.service.place(Freeze.Draft(scope: scope, reason: "INC0042"), for: Self.operatorCaller)
  }

  private static func vendor() throws -> ConnectorID { try #require(Sample.newVendor.connectorID) }
  private static func unused() throws -> ConnectorID { try #require(Sample.fraudCheck.connectorID) }

  @Test(arguments: [FreezeScope.flow(signupFlow), .address(Sample.signup)], ["edit", "certificate", "deletion"])
  func aConnectorThatAFrozenStepCallsIsNotChanged(scope: FreezeScope, kind: String) async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      let placed = try await freeze(scope, fixture)
      let (writes, vendor) = (fixture.directory.writes.count, try Self.vendor())
      let action: ChangeRequest.Action =
        switch kind {
        case "edit": .updateConnector(vendor, Self.edit)
        case "certificate": .uploadCertificate(vendor, ["pkcs12Value": "x", "password": "y"])
        default: .deleteConnector(vendor)
        }

      let error = await #expect(throws: ServiceError.self) {
        try await fixture.service.perform(fixture.request(action))
      }

      guard case .frozen(let ids, let covering) = error else { throw error ?? .busy("the change was made") }
      #expect((covering.freeze.id, covering.caller) == (placed.id, Sample.signup))
      #expect(
        error?.description == """
          b2cUserFlows/B2C_1_signup/postFederationSignup calls this connector and is frozen until a person releases it. \
          \(placed.actor.shownName(erased: nil)) froze \(scope), with the reason: INC0042 (freeze \(placed.id)). Nothing was \
          changed. Wait until the freeze is over, or ask an operator to release it or to override it with \
          Reflog-Override or --override.
          """
      )
      let id = try #require(ids.first)
      let denied = try #require(try await fixture.history.change(id))
      #expect((denied.intent.subject, denied.result, denied.connectorID) == (.connector, .denied, vendor))
      #expect(denied.outcome?.message == "Freeze \(placed.id) does not permit the change.")
      #expect(fixture.directory.writes.count == writes)
    }
  }

  @Test func connectorsThatNoFrozenStepCallsAreCreatedAndEdited() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      _ = try await fixture.set(Sample.fraudCheck, at: Sample.attributes)
      try await freeze(.address(Sample.signup), fixture)

      for action in [
        ChangeRequest.Action.updateConnector(try Self.unused(), Self.edit), .createConnector(Self.edit),
      ] {
        let change = try await fixture.service.perform(fixture.request(action)).changes.first
        #expect(change?.result == .applied)
      }
    }
  }

  @Test func anEditCanOverrideTheFreezeOfAStepThatCallsTheConnector() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      let flow = try await freeze(.flow(Self.signupFlow), fixture)
      let step = try await freeze(.address(Sample.signup), fixture)
      try await freeze(.address(Sample.attributes), fixture)

      let request = fixture.request(.updateConnector(try Self.vendor(), Self.edit), override: "The vendor agreed")
      let edit = try #require(try await fixture.service.perform(request).changes.first)

      #expect(edit.result == .applied)
      #expect(edit.override?.freezes == [flow.id, step.id])
      #expect(edit.override?.reason == "The vendor agreed")
      let events = try await fixture.history.newestEvents(before: nil, limit: 100)
      let overrides = events.filter { $0.content.kind == .freezeOverridden }
      #expect(overrides.map { $0.content.details["changes"]?.string } == ["\(edit.id)"])
    }
  }

  /// The freeze of the step refuses only edits of the connector that the step calls now.
  @Test func afterTheStepCallsAnotherConnectorTheEditIsPossible() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      try await freeze(.address(Sample.signup), fixture)
      let pointing = fixture.request(.setReference(Sample.signup, Sample.fraudCheck), override: "Vendor is down")
      _ = try await fixture.service.perform(pointing)

      let done = try await fixture.service.perform(
        fixture.request(.updateConnector(try Self.vendor(), Self.edit))
      )
      let error = await #expect(throws: ServiceError.self) {
        try await fixture.service.perform(fixture.request(.updateConnector(try Self.unused(), Self.edit)))
      }

      #expect(done.changes.map(\.result) == [.applied])
      guard case .frozen = error else { throw error ?? .busy("the change was made") }
    }
  }

  @Test func afterTheReleaseTheEditIsPossible() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      let placed = try await freeze(.flow(Self.signupFlow), fixture)
      try await fixture.service.releaseFreeze(placed.id, for: Self.operatorCaller)

      let done = try await fixture.service.perform(
        fixture.request(.updateConnector(try Self.vendor(), Self.edit))
      )

      #expect(done.changes.map(\.result) == [.applied])
    }
  }

  @Test func aRepeatedEditGetsItsAnswerDespiteALaterFreezeOfItsCaller() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      let key = IdempotencyKey(keyHash: Array(repeating: 1, count: 32), bodyHash: Array(repeating: 2, count: 32))
      let request = fixture.request(.updateConnector(try Self.vendor(), Self.edit), named: key)
      let first = try await fixture.service.perform(request)
      try await freeze(.address(Sample.signup), fixture)

      #expect(try await fixture.service.perform(request).changes.map(\.id) == first.changes.map(\.id))
    }
  }

  /// Pages show this freeze at the connector and at its changes.
  @Test func theFreezesOfAConnectorAreThoseOfTheStepsThatCallIt() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      let edit = fixture.request(.updateConnector(try Self.vendor(), Self.edit))
      let change = try #require(try await fixture.service.perform(edit).changes.first)
      let placed = try await freeze(.flow(Self.signupFlow), fixture)

      let ofVendor = try await fixture.service.freezes(covering: try Self.vendor())
      let ofChange = try await fixture.service.freezes(coveringSubjectOf: change)

      for found in [ofVendor, ofChange] {
        #expect(found.map(\.freeze.id) == [placed.id])
        #expect(found.map(\.caller) == [Sample.signup])
      }
      #expect(try await fixture.service.freezes(covering: try Self.unused()).isEmpty)
    }
  }
}
