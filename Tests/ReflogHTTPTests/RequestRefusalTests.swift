import NIOHTTP1
import ReflogModel
import ReflogTesting
import Testing

/// Tests of the exact texts of the refusals that a real server sends.
struct RequestRefusalTests {
  /// A request, and the message with which the server refuses the request.
  private struct Refusal {
    let method: HTTPMethod
    let path: String
    let body: String?
    let role: Role
    let headers: HTTPHeaders
    let target: String
    let message: String

    init(
      _ method: HTTPMethod,
      _ path: String,
      _ body: String? = nil,
      role: Role = .operator,
      headers: HTTPHeaders = [:],
      target: String,
      _ message: String
    ) {
      self.method = method
      self.path = path
      self.body = body
      self.role = role
      self.headers = headers
      self.target = target
      self.message = message
    }
  }

  /// Checks that a server refuses each request with 400 `badRequest` and sends no write to the directory.
  private func check(_ refusals: [Refusal]) async throws {
    try await withServer { server in
      for refusal in refusals {
        let answer = try await server.send(
          refusal.method,
          refusal.path,
          text: refusal.body,
          role: refusal.role,
          headers: refusal.headers
        )
        #expect(answer.status == 400, "\(refusal.path)")
        #expect(answer.code == "badRequest", "\(refusal.path)")
        #expect(answer.target == refusal.target, "\(refusal.path)")
        #expect(answer.message == refusal.message)
      }
      #expect(server.fixture.directory.writes.isEmpty)
    }
  }

  private static let flow = "/beta/identity/b2cUserFlows/B2C_1_signup"
  private static let reference = LiveServer.signup
  private static let changes = LiveServer.changes
  private static let batch = "/beta/auditLogs/connectorConfigurations/rollback"

  @Test func everyWrongIDHasItsText() async throws {
    try await check([
      Refusal(
        .GET,
        "/beta/identity/b2cUserFlows/a%20b",
        target: "flow",
        "A user flow's id must have 1 to 128 letters, digits, '_', '.' or '-'."
      ),
      Refusal(
        .GET,
        Self.flow + "/apiConnectorConfiguration/1/$ref",
        target: "step",
        "A step's name must have letters and digits only, and begin with a letter."
      ),
      Refusal(
        .GET,
        "/beta/identity/apiConnectors/a%20b",
        target: "connector",
        "A connector's id must have 1 to 128 letters, digits, '_', '.' or '-'."
      ),
      Refusal(.GET, Self.changes + "/x", target: "id", "A change's id must be a positive whole number."),
    ])
  }

  @Test func everyWrongFormatHasItsText() async throws {
    try await check([
      Refusal(
        .GET,
        Self.changes + "?$format=xml",
        target: "$format",
        "$format must be json, jsonl, csv, ocsf or asim, not xml."
      ),
      Refusal(
        .GET,
        Self.changes + "/1?$format=xml",
        target: "$format",
        "$format must be json, record or tlog-proof, not xml."
      ),
      Refusal(
        .GET,
        "/beta/auditLogs/serviceEvents?$format=ocsf",
        target: "$format",
        "$format must be json, jsonl or csv for service events."
      ),
      Refusal(
        .GET,
        Self.changes + "?$filter=%ff",
        target: "$filter=%ff",
        "The query is not percent-encoded UTF-8."
      ),
    ])
  }

  @Test func everyWrongHeaderHasItsText() async throws {
    let reason = "{\"reason\":\"x\"}"
    try await check([
      Refusal(
        .PUT,
        Self.reference,
        "{}",
        headers: ["Reflog-Other": "x"],
        target: "reflog-other",
        "The header reflog-other is not supported."
      ),
      Refusal(
        .PUT,
        Self.reference,
        "{}",
        headers: ["Reflog-Reason": "%ff"],
        target: "Reflog-Reason",
        "Reflog-Reason can't be read as UTF-8. Percent-encode the reason."
      ),
      Refusal(
        .PUT,
        Self.reference,
        "{}",
        headers: ["Reflog-Reason": "%00"],
        target: "reason",
        "The reason must have at most 4000 bytes of UTF-8. It must not contain NUL or the replacement character "
          + "(U+FFFD), which stands for characters that could not be read."
      ),
      Refusal(
        .POST,
        Self.changes + "/1/rollback",
        reason,
        headers: ["Reflog-Reason": "x"],
        target: "reason",
        "The reason is given twice: in the body and in Reflog-Reason."
      ),
      Refusal(
        .POST,
        Self.changes + "/1/rollback",
        "{}",
        headers: ["If-Match": "*"],
        target: "If-Match",
        "If-Match is supported only at …/{step}/$ref."
      ),
      Refusal(
        .POST,
        Self.batch,
        "{}",
        headers: ["If-Match": "*"],
        target: "If-Match",
        "The header If-Match is not supported here. Use batchId to name the rollback."
      ),
      Refusal(
        .PUT,
        Self.reference,
        "{}",
        headers: ["client-request-id": "a b"],
        target: "client-request-id",
        "client-request-id must have 1 to 128 visible ASCII characters."
      ),
      Refusal(
        .PUT,
        Self.reference,
        "{}",
        headers: ["Idempotency-Key": "a b"],
        target: "Idempotency-Key",
        "Idempotency-Key must have 1 to 255 visible ASCII characters."
      ),
      Refusal(
        .PATCH,
        Self.flow,
        "{}",
        headers: ["Idempotency-Key": "a"],
        target: "Idempotency-Key",
        "Idempotency-Key is supported only for recorded changes, and this request is not recorded."
      ),
    ])
  }

  @Test func everyWrongBodyHasItsText() async throws {
    try await check([
      Refusal(.PUT, Self.reference, target: "body", "The request has no body. Send a JSON object."),
      Refusal(.PUT, Self.reference, "[]", target: "body", "The body must be a JSON object, not an array."),
      Refusal(
        .PUT,
        Self.reference,
        "{\"a\":1,\"A\":1}",
        target: "A",
        "The body has the member A twice, in different case. Remove one of the two."
      ),
      Refusal(
        .PATCH,
        Self.flow,
        "{\"apiConnectorConfiguration\":{\"postFederationSignup\":null}}",
        target: "apiConnectorConfiguration",
        "A step's connector can't be set here. Set it at …/apiConnectorConfiguration/{step}/$ref."
      ),
      Refusal(.POST, Self.batch, "{}", target: "asOf", "asOf is missing. Give the time to roll back to."),
    ])
  }

  @Test func everyWrongRequestOfAnAdminHasItsText() async throws {
    try await check([
      Refusal(
        .POST,
        "/beta/reflog/holds",
        "{\"name\":\"a b\",\"reason\":\"x\"}",
        role: .admin,
        target: "name",
        "name must have only letters, digits, '-', '_' and '.'."
      ),
      Refusal(
        .POST,
        "/beta/reflog/retention",
        "{\"days\":0}",
        role: .admin,
        target: "days",
        "days must be a whole number from 1 to 36500, or null to keep history for ever."
      ),
      Refusal(.POST, "/beta/reflog/tokens", "{}", role: .admin, target: "name", "name must be a string."),
      Refusal(
        .POST,
        "/beta/reflog/tokens",
        "{\"name\":\"x\",\"role\":\"owner\"}",
        role: .admin,
        target: "role",
        "role must be reader, operator, admin or metrics."
      ),
      Refusal(
        .POST,
        "/beta/reflog/tokens",
        "{\"name\":\"x\",\"role\":\"reader\",\"expiresInDays\":0}",
        role: .admin,
        target: "expiresInDays",
        "expiresInDays must be a whole number from 1 to 3650."
      ),
    ])
  }

  @Test func everyFailedSignInHasItsText() async throws {
    let form: HTTPHeaders = ["content-type": "application/x-www-form-urlencoded"]
    try await withServer { server in
      let signedOut = try await server.send(.GET, "/sign-in?over=true")
      let wrongToken = try await server.send(.POST, "/sign-in", text: "token=x", headers: form)
      let twice = try await server.send(.POST, "/sign-in", text: "token=x&token=y", headers: form)
      let json = try await server.send(.POST, "/sign-in", text: "{}")
      let foreign = try await server.send(.POST, "/sign-in", text: "", headers: ["Sec-Fetch-Site": "cross-site"])

      #expect(signedOut.status == 200)
      #expect(
        signedOut.text.contains(
          "You were signed out before the form was sent, so nothing was done. Sign in and send the form again."
        )
      )
      #expect(wrongToken.status == 403)
      #expect(
        wrongToken.text.contains(
          "This token is not valid, has expired, or has no right to read history. Check that you pasted all of it."
        )
      )
      #expect(twice.status == 400)
      #expect(twice.text.contains("The field token is given twice."))
      #expect(json.status == 400)
      #expect(json.text.contains("The body is not a form. Send application/x-www-form-urlencoded."))
      #expect(foreign.status == 400)
      #expect(foreign.text.contains("A page of another site sent this request. Nothing was done."))
    }
  }
}
