import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of the limit on the rows and bytes that a caller without rights can add to the ledger.
struct RefusalBudgetTests {
  private static func steps(_ count: Int) throws -> [Step: ConnectorID] {
    let connector = try #require(Sample.newVendor.connectorID)
    return Dictionary(uniqueKeysWithValues: try (0..<count).map { (try #require(Step("step\($0)")), connector) })
  }

  private static func request(_ action: ChangeRequest.Action, reason: String?, token: String? = nil) -> ChangeRequest {
    ChangeRequest(
      action: action,
      caller: Caller(
        actor: Change.Actor(type: .user, id: "oid", proof: token == nil ? .entra : .graph),
        credential: token.map { .directoryToken(DirectoryToken($0)) } ?? .roles([.reader])
      ),
      reason: reason,
      correlationID: nil,
      requestID: "request"
    )
  }

  /// Every kind of action. If a kind of action can change several steps, the action here changes several steps.
  private static func actions() throws -> [ChangeRequest.Action] {
    let flow = FlowName(of: Sample.signup)
    let connector = try #require(Sample.newVendor.connectorID)
    let rollback = TimeRollback(batchID: "batch", asOf: Timestamp(microseconds: 1), scope: .everything)
    return [
      .setReference(Sample.signup, Sample.newVendor), .rollBack(Change.ID(1), permitting: .none),
      .rollBackTo(rollback, Sample.signup, Sample.newVendor), .createConnector(["displayName": "x"]),
      .updateConnector(connector, ["displayName": "x"]), .deleteConnector(connector),
      .uploadCertificate(connector, ["pkcs12Value": "x"]),
      .createFlow(flow, body: [:], references: try steps(16)), .deleteFlow(flow),
    ]
  }

  @Test func aDeniedRequestIsRecordedInOneRowEvenIfItHasSeveralSteps() async throws {
    try await withService { fixture in
      _ = try await fixture.set(Sample.newVendor)
      _ = try await fixture.set(Sample.newVendor, at: Sample.attributes)
      let actions = try Self.actions()
      for action in actions {
        let error = await #expect(throws: ServiceError.self) {
          try await fixture.service.perform(Self.request(action, reason: nil))
        }

        #expect(error?.changes.count == 1, "\(action)")
      }
      #expect(try await fixture.history.newestID() == Change.ID(Int64(2 + actions.count)))
    }
  }

  /// The budget for one minute is enough for sixteen denied requests with short reasons.
  ///
  /// If the reasons are long, the budget is enough for fewer requests.
  @Test(arguments: [(10, 16), (4000, 3), (20_000, 0)])
  func deniedRequestsAreRecordedUpToABudgetOfRowsAndBytes(reasonLength: Int, recorded: Int64) async throws {
    let clock = ManualClock()
    try await withService(clock: clock) { fixture in
      let request = Self.request(
        .setReference(Sample.signup, Sample.newVendor),
        reason: String(repeating: "r", count: reasonLength)
      )
      for minute in 1...2 {
        for _ in 0..<40 {
          await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }
        }
        let newest = try await fixture.history.newestID()
        #expect((newest?.number ?? 0) == recorded * Int64(minute))
        clock.advance(by: .seconds(60))
      }
    }
  }

  @Test func refusalsByTheDirectoryUseTheBudgetOfDeniedRequests() async throws {
    let clock = ManualClock()
    try await withService(clock: clock) { fixture in
      let forbidden = DirectoryRefusal(httpStatus: 403, code: "AADB2C", message: "Access is denied.")
      let request = Self.request(.setReference(Sample.signup, Sample.newVendor), reason: nil, token: "a.b.accepted")
      for _ in 0..<16 {
        fixture.directory.react(.refuse(forbidden))
        await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }
      }
      let newest = try await fixture.history.newestID()

      let error = await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }

      guard case .refusalsSpent = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(fixture.directory.writes.count == 16)
      #expect(try await fixture.history.newestID() == newest)
      clock.advance(by: .seconds(60))
      let receipt = try await fixture.service.perform(request)
      #expect(receipt.changes.first?.result == .applied)
    }
  }

  @Test func theAddressOfARefusedRequestIsNotReadByLaterSweeps() async throws {
    try await withService { fixture in
      let request = Self.request(
        .createFlow(FlowName(of: Sample.signup), body: [:], references: try Self.steps(16)),
        reason: nil
      )
      await #expect(throws: ServiceError.self) { try await fixture.service.perform(request) }
      await #expect(throws: ServiceError.self) {
        try await fixture.set(Sample.newVendor, at: Sample.address("b2cUserFlows/B2C_1_nowhere/postFederationSignup"))
      }
      _ = try await fixture.set(Sample.newVendor)

      #expect(try await fixture.history.addresses() == [Sample.signup])
    }
  }

  @Test func aFlowWithMoreThanSixteenConnectorsIsNotDeletedInOneRequest() async throws {
    try await withService { fixture in
      for step in try Self.steps(17).keys {
        let address = Address(flowType: .b2cUserFlows, flow: Sample.signup.flow, step: step)
        fixture.directory.changeWithoutReflog(address, .none)
        _ = try await fixture.set(Sample.newVendor, at: address)
      }
      let writes = fixture.directory.writes.count

      let error = await #expect(throws: ServiceError.self) {
        try await fixture.service.perform(fixture.request(.deleteFlow(FlowName(of: Sample.signup))))
      }

      guard case .tooManySteps = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(fixture.directory.writes.count == writes)
    }
  }
}
