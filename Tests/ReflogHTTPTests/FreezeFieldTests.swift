import Hummingbird
import NIOHTTP1
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

@testable import ReflogHTTP

/// Tests of the fields that concern freezes, and of the counts of refused requests.
struct FreezeFieldTests {
  private static let rollback = Change(
    id: Change.ID(18),
    sequence: 20,
    tenantID: "tenant",
    activityDateTime: ManualClock.start,
    intent: Change.Intent(
      subject: .step(Sample.signup),
      kind: .rollback,
      before: Sample.newVendor,
      after: Sample.fraudCheck,
      actor: Sample.operatorActor,
      reason: String(repeating: "Adele called. ", count: 200),
      requestID: "request",
      rollbackOf: Change.ID(17)
    ),
    outcome: nil,
    resultDateTime: nil
  )

  /// The reason for a rollback can be longer than a freeze permits. So the freeze does not contain the reason for the
  /// rollback.
  @Test func theFreezeAfterARollbackContainsNoReasonOfThePerson() throws {
    let form = try RollbackForm(["freeze": "true", "hours": "8"])

    let draft = form.freeze(of: Sample.signup, after: Self.rollback, now: ManualClock.start)

    #expect(draft.reason == "After the rollback of change 17")
    #expect(draft.until == ManualClock.start.before(.seconds(-8 * 3600)))
  }

  @Test(arguments: ["", " ", "\t \u{00A0}"])
  func aBlankOverrideIsNoOverride(text: String) throws {
    #expect(try Request.checkedOverride(text) == nil)
    #expect(try RollbackForm(["override": text]).override == nil)
  }

  @Test func anOverrideIsKeptAsItIs() throws {
    #expect(try Request.checkedOverride(" The vendor is back ") == " The vendor is back ")
    #expect(throws: RequestError.self) { try Request.checkedOverride("a\u{0}") }
  }

  @Test(arguments: ["", " ", "\n"])
  func aBlankTextIsMissing(text: String) {
    let body: JSONObject = ["reason": .string(text)]

    #expect(throws: RequestError.self) { try body.requiredText("reason", upTo: 10) }
  }

  /// A request that a freeze refuses is not counted as a request without the necessary role.
  @Test func refusalsByAFreezeAreCountedSeparately() async throws {
    try await withServer { server in
      let freeze: JSONObject = ["scope": "all", "reason": "INC0042"]
      #expect(try await server.send(.POST, "/beta/reflog/freezes", freeze).status == 201)
      for _ in 0..<20 { #expect(try await server.set(Sample.newVendor).status == 423) }

      let denied = try await denials(server)
      #expect(denied.map(\.content.count) == [4])
      #expect(denied.map(\.content.denialCause) == [.frozen])
    }
  }

  /// Returns the service events about denied requests, after the counts were recorded.
  private func denials(_ server: LiveServer) async throws -> [ServiceEvent] {
    let recorder = Task { try await server.api.events.run() }
    recorder.cancel()
    try await recorder.value
    let events = try await server.fixture.history.oldestEvents(after: 0, upTo: .max, limit: 100)
    return events.filter { $0.content.kind == .denied }
  }

  /// The page of a rollback and the page of an edit send forms. A freeze refuses both, and both refusals are counted.
  @Test func aFreezeRefusesTheFormsOfThePages() async throws {
    try await withServer { server in
      let connector = try #require(Sample.fraudCheck.connectorID)
      let path = "/beta/identity/apiConnectors/\(connector)"
      let edit = try await server.send(.PATCH, path, ["targetUrl": "https://new.example/"])
      let change = try await server.fixture.set(Sample.newVendor)
      let cookie = try await server.signIn(as: .operator)
      let page = try await server.send(.GET, "/", headers: ["cookie": cookie]).text
      let csrf = try #require(page.firstMatch(of: /name="csrf" value="([^"]+)"/)).output.1
      let freeze: JSONObject = ["scope": "all", "reason": "INC0042"]
      #expect(try await server.send(.POST, "/beta/reflog/freezes", freeze).status == 201)
      let headers: HTTPHeaders = ["cookie": cookie, "content-type": "application/x-www-form-urlencoded"]
      func submit(_ path: String) async throws -> Int {
        let form = "csrf=\(csrf)&reason=x&override=+%09"
        return try await server.send(.POST, path, text: form, headers: headers).status
      }

      let id = try #require(edit.headers.first(name: "Reflog-Change-Id"))
      #expect(try await submit("/changes/\(id)/restore") == 423)
      for _ in 0..<20 { #expect(try await submit("/changes/\(change.id)/rollback") == 423) }

      let denied = try await denials(server)
      #expect(denied.map(\.content.count) == [5])
      #expect(denied.map(\.content.denialCause) == [.frozen])
    }
  }
}
