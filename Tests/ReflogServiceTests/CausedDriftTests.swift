import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests that a sweep does not record the effects of a request to Reflog as drift.
struct CausedDriftTests {
  private let clock = ManualClock()

  private func drifts(_ sweeping: Sweeping) async throws -> [Change] {
    try await sweeping.changes().filter { $0.intent.kind == .drift }
  }

  /// Performs a request after a first sweep, and sweeps again when the settle window is over.
  private func swept(
    after action: ChangeRequest.Action,
    _ check: (Sweeping) async throws -> Void
  ) async throws {
    try await Sweeping.with(clock: clock, settleWindow: .seconds(60)) { sweeping in
      await #expect(sweeping.sweeper.sweep())
      clock.advance(by: .seconds(100))
      _ = try await sweeping.fixture.service.perform(sweeping.fixture.request(action))
      clock.advance(by: .seconds(100))
      await #expect(sweeping.sweeper.sweep())
      await #expect(sweeping.sweeper.sweep())
      try await check(sweeping)
    }
  }

  @Test func theDeletionOfAConnectorIsNoDrift() async throws {
    try await swept(after: .deleteConnector(try #require(Sample.newVendor.connectorID))) { sweeping in
      let found = try await drifts(sweeping)
      #expect(found.isEmpty)
    }
  }

  @Test func aStepThatLosesADeletedConnectorIsChangedByTheDeletion() async throws {
    try await swept(after: .deleteConnector(try #require(Sample.fraudCheck.connectorID))) { sweeping in
      let found = try await drifts(sweeping)
      #expect(found.isEmpty)
      let changes = try await sweeping.changes()
      let deletion = try #require(changes.first { $0.intent.subject == .connector })
      let effect = try #require(changes.last)
      #expect(effect.intent.subject == .step(Sample.signup))
      #expect((effect.intent.before, effect.after) == (Sample.fraudCheck, ConnectorReference.none))
      #expect(effect.intent.kind == .update)
      #expect(effect.intent.actor == deletion.intent.actor)
      #expect(effect.intent.reason == deletion.intent.reason)
      #expect(effect.intent.requestID == deletion.intent.requestID)
      #expect(effect.outcome?.code == "connectorDeleted")
      #expect(effect.outcome?.settledBy == .reconciler)
    }
  }

  @Test func theNextChangeOfTheStepFindsTheEffectOfTheDeletionToo() async throws {
    try await withService { fixture in
      let set = try await fixture.set(Sample.fraudCheck)
      let key = IdempotencyKey(keyHash: Array(repeating: 1, count: 32), bodyHash: Array(repeating: 2, count: 32))
      _ = try await fixture.service.perform(
        fixture.request(.deleteConnector(try #require(Sample.fraudCheck.connectorID)))
      )

      let request = fixture.request(.setReference(Sample.signup, Sample.newVendor), named: key)
      let receipt = try await fixture.service.perform(request)
      let repeated = try await fixture.service.perform(request)

      let changes = try await fixture.history.changes(ChangeQuery(isAscending: true))
      #expect(changes.map(\.intent.kind) == [.update, .update, .update, .update])
      #expect(changes[0].id == set.id)
      #expect(changes[2].outcome?.code == "connectorDeleted")
      // The idempotency key belongs to the requested change. It does not belong to the change that records the effect
      // of the deletion.
      #expect(receipt.changes.map(\.id) == [changes[3].id])
      #expect(repeated.changes.map(\.id) == [changes[3].id])
    }
  }

  @Test func aStepThatLosesAnotherConnectorIsDrift() async throws {
    try await Sweeping.with { sweeping in
      await #expect(sweeping.sweeper.sweep())
      let vendor = try #require(Sample.newVendor.connectorID)
      _ = try await sweeping.fixture.service.perform(sweeping.fixture.request(.deleteConnector(vendor)))
      sweeping.directory.changeWithoutReflog(Sample.signup, .none)

      await #expect(sweeping.sweeper.sweep())

      let found = try await drifts(sweeping).count
      #expect(found == 1)
    }
  }

  /// The directory stores the host of the URL in lower case.
  @Test func aNewConnectorIsNoDrift() async throws {
    let body: JSONObject = ["displayName": "New", "targetUrl": "https://API.contoso.example/new?code=canary"]
    try await swept(after: .createConnector(body)) { sweeping in
      let early = try await drifts(sweeping)
      #expect(early.isEmpty)
      let created = try #require(ConnectorID("created"))
      sweeping.directory.changeWithoutReflog(
        DirectoryConnector(id: created, displayName: "New", targetURL: "https://evil.example/new")
      )
      await #expect(sweeping.sweeper.sweep())
      let found = try await drifts(sweeping).map { $0.intent.changedProperties?.map(\.name) }
      #expect(found == [["targetUrl"]])
    }
  }

  /// Replaces the certificate of the new vendor's connector, as another program would.
  private func replaceCertificate(of vendor: ConnectorID, in sweeping: Sweeping) {
    sweeping.directory.changeWithoutReflog(
      DirectoryConnector(
        id: vendor,
        displayName: Sample.newVendor.displayName ?? "",
        targetURL: "https://api.contoso.example/",
        authentication: "clientCertificateAuthentication-BBBB"
      )
    )
  }

  @Test func anUploadedCertificateIsNoDriftButAnotherCertificateIsDrift() async throws {
    let vendor = try #require(Sample.newVendor.connectorID)
    try await swept(after: .uploadCertificate(vendor, ["pkcs12Value": "AAAA", "password": ""])) { sweeping in
      let early = try await drifts(sweeping)
      #expect(early.isEmpty)
      replaceCertificate(of: vendor, in: sweeping)
      await #expect(sweeping.sweeper.sweep())
      let found = try await drifts(sweeping).count
      #expect(found == 1)
    }
  }

  @Test func aCertificateThatIsReplacedBeforeTheNextSweepIsDrift() async throws {
    try await Sweeping.with(clock: clock) { sweeping in
      let vendor = try #require(Sample.newVendor.connectorID)
      await #expect(sweeping.sweeper.sweep())
      let upload = ChangeRequest.Action.uploadCertificate(vendor, ["pkcs12Value": "AAAA", "password": ""])
      _ = try await sweeping.fixture.service.perform(sweeping.fixture.request(upload))
      clock.advance(by: .seconds(1))
      replaceCertificate(of: vendor, in: sweeping)

      await #expect(sweeping.sweeper.sweep())

      let found = try await drifts(sweeping).count
      #expect(found == 1)
    }
  }

  @Test func aNewFlowIsNoDrift() async throws {
    let flow = FlowName(.b2cUserFlows, try #require(FlowID("B2C_1_new")))
    let references = [Step.postFederationSignup: try #require(Sample.newVendor.connectorID)]
    try await swept(after: .createFlow(flow, body: ["id": "new"], references: references)) { sweeping in
      let found = try await drifts(sweeping)
      #expect(found.isEmpty)
    }
  }

  @Test func aDeletedFlowIsNoDrift() async throws {
    try await swept(after: .deleteFlow(FlowName(of: Sample.signup))) { sweeping in
      let found = try await drifts(sweeping)
      #expect(found.isEmpty)
    }
  }

  /// The result of an edit is unknown, so the connector can have the old name or the new name.
  @Test(arguments: [ScriptedDirectory.Reaction.loseRequest, .applyAndLoseAnswer])
  func anEditWithAnUnknownResultIsNoDrift(reaction: ScriptedDirectory.Reaction) async throws {
    try await Sweeping.with(clock: clock) { sweeping in
      await #expect(sweeping.sweeper.sweep())
      sweeping.directory.react(reaction)
      let vendor = try #require(Sample.newVendor.connectorID)
      let edit: JSONObject = ["displayName": "Renamed", "authenticationConfiguration": .object([:])]
      await #expect(throws: ServiceError.self) {
        try await sweeping.fixture.service.perform(sweeping.fixture.request(.updateConnector(vendor, edit)))
      }
      clock.advance(by: .seconds(1000))
      let pending = try #require(try await sweeping.changes().last)
      let caller = Caller(actor: Sample.operatorActor, credential: .roles([.operator]))
      let settled = try await sweeping.fixture.service.reconcile(pending.id, for: caller)

      await #expect(sweeping.sweeper.sweep())
      await #expect(sweeping.sweeper.sweep())

      #expect(settled.result == .unknown)
      let found = try await drifts(sweeping)
      #expect(found.isEmpty)
    }
  }
}
