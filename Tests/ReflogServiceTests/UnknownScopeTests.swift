import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of the warnings about freezes of flows and steps that Reflog does not know.
struct UnknownScopeTests {
  private static let reader = Caller(actor: Sample.operatorActor, credential: .roles([.reader]))

  private static func warning(_ text: String, _ fixture: ServiceFixture) async throws -> String? {
    let scope = try #require(FreezeScope(text))
    return await fixture.service.warnings(about: [scope, .everything], for: reader)[scope]?.description
  }

  @Test func aFlowIsKnownAfterAChangeOrAReadOfTheDirectory() async throws {
    try await withService { fixture in
      let seen = try #require(Address("b2xUserFlows/B2X_1_partner/postAttributeCollection"))
      _ = try await fixture.set(Sample.newVendor)
      try await fixture.service.ledger.remember([.reference(seen, .none)])

      for scope in [
        "all", Sample.signup.description, FlowName(of: Sample.signup).description, "b2xUserFlows/b2x_1_PARTNER",
      ] {
        #expect(try await Self.warning(scope, fixture) == nil, "\(scope)")
      }
      #expect(
        try await Self.warning("b2cUserFlows/B2C_1_singup", fixture)
          == "Reflog knows no flow 'B2C_1_singup'. The freeze covers nothing until such a flow is created. Nearest names: "
          + "B2C_1_signup."
      )
      #expect(
        try await Self.warning("b2cUserFlows/nothing-like-it/postFederationSignup", fixture)
          == "Reflog knows no flow 'nothing-like-it'. The freeze covers nothing until such a flow is created."
      )
    }
  }

  @Test func aFlowCanExistIfNoSweepHasReadTheWholeDirectory() async throws {
    try await withService(settleWindow: .seconds(1)) { fixture in
      let ledger = fixture.service.ledger
      let mayExist =
        "Reflog has no record of a flow 'B2C_1_other' and has not read the whole directory. If the flow exists, the "
        + "freeze covers it."
      #expect(try await Self.warning("b2cUserFlows/B2C_1_other", fixture) == mayExist)

      try await ledger.rememberSweep(UnreadParts())
      #expect(
        try await Self.warning("b2cUserFlows/B2C_1_other", fixture)
          == "Reflog knows no flow 'B2C_1_other'. The freeze covers nothing until such a flow is created."
      )

      var unread = UnreadParts()
      unread.add(.flows(.b2cUserFlows), because: "403")
      try await ledger.rememberSweep(unread)
      #expect(try await Self.warning("b2cUserFlows/B2C_1_other", fixture) == mayExist)
    }
  }

  @Test func onlySomeWarningsProposeNames() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      let scopes = try (10..<25).map { try #require(FreezeScope("b2cUserFlows/B2C_1_signup\($0)")) }

      let warnings = await fixture.service.warnings(about: scopes, for: Self.reader)

      #expect(scopes.map { warnings[$0]?.description.contains("Nearest names") } == scopes.indices.map { $0 < 10 })
    }
  }

  @Test func aStepOfAKnownFlowIsKnownIfGraphDocumentsItOrAChangeIsRecorded() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      let flow = FlowName(of: Sample.signup)

      #expect(try await Self.warning("\(flow)/preTokenIssuance", fixture) == nil)
      #expect(
        try await Self.warning("\(flow)/preTokenIssuence", fixture)
          == "Reflog knows no step 'preTokenIssuence'. The freeze covers nothing until the flow gets such a step. Nearest names: "
          + "preTokenIssuance."
      )
    }
  }

  @Test func aRefusedChangeDoesNotMakeAFlowKnown() async throws {
    try await withService { fixture in
      let misspelt = try #require(Address("b2cUserFlows/B2C_1_singup/postFederationSignup"))
      _ = try? await fixture.service.perform(fixture.request(.setReference(misspelt, Sample.newVendor)))

      #expect(try await Self.warning("b2cUserFlows/B2C_1_singup", fixture) != nil)
    }
  }
}
