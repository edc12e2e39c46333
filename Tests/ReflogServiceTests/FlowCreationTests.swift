import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of the creation of a user flow together with its references.
struct FlowCreationTests {
  private static let refusal = DirectoryRefusal(httpStatus: 400, code: "BadRequest", message: "No.")

  private let key = IdempotencyKey(keyHash: Array(repeating: 1, count: 32), bodyHash: Array(repeating: 2, count: 32))

  private func action() throws -> ChangeRequest.Action {
    let (check, vendor) = (try #require(Sample.fraudCheck.connectorID), try #require(Sample.newVendor.connectorID))
    return .createFlow(
      FlowName(.b2cUserFlows, try #require(FlowID("B2C_1_new"))),
      body: ["id": "new"],
      references: [.postFederationSignup: check, .postAttributeCollection: vendor]
    )
  }

  private func texts(_ writes: [DirectoryWrite]) -> [String] {
    writes.map { write in
      switch write {
      case .createFlow(_, let flow, let body): "create \(flow) \(body.members.map(\.name))"
      case .setReference(let address, let reference): "set \(address.step) \(reference.displayName ?? "nothing")"
      default: "another write"
      }
    }
  }

  private func results(_ fixture: ServiceFixture) async throws -> [String] {
    try await fixture.history.changes(ChangeQuery(isAscending: true)).map { change in
      "\(change.intent.subject.address?.step.name ?? "") \(change.result.rawValue)"
    }
  }

  @Test func theFlowIsCreatedWithoutReferencesAndThenEachStepIsSet() async throws {
    try await withService { fixture in
      let receipt = try await fixture.service.perform(fixture.request(try action()))

      #expect(receipt.response.httpStatus == 201)
      #expect(
        texts(fixture.directory.writes) == [
          #"create B2C_1_new ["id"]"#, "set postAttributeCollection Fraud check (new vendor)",
          "set postFederationSignup Fraud check",
        ]
      )
      let found = try await results(fixture)
      #expect(found == ["postAttributeCollection applied", "postFederationSignup applied"])
      #expect(receipt.changes.map(\.intent.before) == [.none, .none])
      #expect(receipt.changes.map { $0.outcome?.httpStatus } == [204, 204])
    }
  }

  /// A request creates a flow with two references. Reflog sends one write for the flow and one write for each step.
  ///
  /// Each argument contains the directory's reactions to these writes, the results of the two changes, and the error
  /// text.
  @Test(arguments: [
    (
      reactions: [ScriptedDirectory.Reaction.refuse(refusal)], results: ["rejected", "rejected"], error: "No."
    ),
    (
      [.neverSent], ["notApplied", "notApplied"],
      "The change did not reach the directory: connection refused. Nothing was changed. Try again."
    ),
    (
      [.applyAndLoseAnswer], ["pending", "pending"],
      "It is not known whether the change was applied: the connection was reset. The change is recorded. Check its "
        + "result later."
    ),
    (
      [.apply, .refuse(refusal)], ["rejected", "applied"],
      "The user flow was created, but not every step calls its connector: postAttributeCollection is rejected (400). "
        + "Set these steps with PUT …/apiConnectorConfiguration/{step}/$ref."
    ),
    (
      [.apply, .neverSent, .applyAndLoseAnswer], ["notApplied", "pending"],
      "The user flow was created, but not every step calls its connector: postAttributeCollection is notApplied; "
        + "postFederationSignup is pending. Set these steps with PUT …/apiConnectorConfiguration/{step}/$ref."
    ),
    (
      [.apply, .loseRequest, .loseRequest], ["pending", "pending"],
      "The user flow was created, but not every step calls its connector: postAttributeCollection is pending; "
        + "postFederationSignup is pending. Set these steps with PUT …/apiConnectorConfiguration/{step}/$ref."
    ),
  ])
  func theMessageReportsTheCreationAndEachReferenceSeparately(
    reactions: [ScriptedDirectory.Reaction],
    results expected: [String],
    error text: String
  ) async throws {
    try await withService { fixture in
      for reaction in reactions { fixture.directory.react(reaction) }

      let request = fixture.request(try action())
      let error = await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }

      #expect(error?.description == text)
      #expect(error?.changes == [Change.ID(1), Change.ID(2)])
      let steps = ["postAttributeCollection", "postFederationSignup"]
      let found = try await results(fixture)
      #expect(found == zip(steps, expected).map { "\($0) \($1)" })
      // The slots that were reserved in the writer's queue are free again, so the next change can be recorded.
      _ = try await fixture.set(.none, at: Sample.attributes)
    }
  }

  @Test func aRepeatedCreationGetsTheAnswerToTheFirstRequest() async throws {
    try await withService { fixture in
      let request = fixture.request(try action(), named: key)
      let first = try await fixture.service.perform(request)
      let count = fixture.directory.writes.count

      let second = try await fixture.service.perform(request)

      #expect(second.changes.map(\.id) == first.changes.map(\.id))
      #expect(second.response.httpStatus == 201)
      #expect(second.response.body?["id"] == "B2C_1_new")
      #expect(fixture.directory.writes.count == count)
    }
  }

  @Test func aRepeatOfAnIncompleteCreationIsAlsoReportedAsIncomplete() async throws {
    try await withService { fixture in
      fixture.directory.react(.apply, .apply, .refuse(Self.refusal))
      let request = fixture.request(try action(), named: key)
      let first = await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }
      let count = fixture.directory.writes.count

      let second = await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }

      #expect(second?.description == first?.description)
      #expect(second?.changes == first?.changes)
      #expect(fixture.directory.writes.count == count)
    }
  }

  @Test func noFlowIsCreatedForAConnectorThatDoesNotExist() async throws {
    try await withService { fixture in
      fixture.directory.removeConnector(try #require(Sample.newVendor.connectorID))

      let request = fixture.request(try action())
      let error = await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }

      #expect(
        error?.description
          == "The connector 8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602 does not exist, so the user flow was not created."
      )
      #expect(fixture.directory.writes.isEmpty)
      let found = try await results(fixture)
      #expect(found == ["postAttributeCollection rejected"])
    }
  }

  @Test func theCreationOfAFlowWithoutReferencesRecordsNoChange() async throws {
    try await withService { fixture in
      let flow = FlowName(.b2cUserFlows, try #require(FlowID("B2C_1_new")))
      _ = try await fixture.service.perform(fixture.request(.createFlow(flow, body: ["id": "new"], references: [:])))

      #expect(texts(fixture.directory.writes) == [#"create B2C_1_new ["id"]"#])
      let found = try await results(fixture)
      #expect(found.isEmpty)
    }
  }
}
