import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of callers with a token that only the directory can check.
struct PassThroughTests {
  private func caller(_ signature: String) -> Caller {
    Caller(
      actor: Change.Actor(type: .user, id: "oid", name: "Adele Vance", proof: .graph),
      credential: .directoryToken(DirectoryToken("a.b." + signature))
    )
  }

  private func request(_ action: ChangeRequest.Action, _ caller: Caller) -> ChangeRequest {
    ChangeRequest(action: action, caller: caller, reason: nil, correlationID: nil, requestID: "request")
  }

  @Test func theActorIsProvenIfTheDirectoryAcceptsTheToken() async throws {
    try await withService { fixture in
      let action = ChangeRequest.Action.setReference(Sample.signup, Sample.newVendor)

      let receipt = try await fixture.service.perform(request(action, caller("accepted")))

      #expect(receipt.changes.first?.intent.actor.proof == .graph)
      #expect(fixture.directory.writes.count == 1)
    }
  }

  @Test(arguments: [
    ChangeRequest.Action.setReference(Sample.signup, Sample.newVendor), .createConnector(["displayName": "x"]),
    .deleteFlow(FlowName(of: Sample.signup)),
  ])
  func noChangeIsRecordedIfTheDirectoryRefusesTheToken(action: ChangeRequest.Action) async throws {
    try await withService { fixture in
      let error = await #expect(throws: ServiceError.self) {
        try await fixture.service.perform(request(action, caller("forged")))
      }

      guard case .refused(let changes, let refusal) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(changes.isEmpty)
      #expect(refusal.httpStatus == 401)
      #expect(refusal.wwwAuthenticate != nil)
      let newest = try await fixture.history.newestID()
      #expect(newest == nil)
      #expect(fixture.directory.writes.isEmpty)
    }
  }

  @Test func aTokenIsNeverShown() {
    let caller = caller("accepted")
    var dumped = ""
    dump(caller, to: &dumped)

    #expect(!"\(caller) \(dumped)".contains("accepted"))
  }
}
