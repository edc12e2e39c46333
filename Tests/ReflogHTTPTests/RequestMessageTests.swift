import HTTPTypes
import ReflogModel
import Testing

@testable import ReflogHTTP

/// Tests of the exact texts of the refusals that need no running server.
struct RequestMessageTests {
  @Test func everyRequestErrorHasItsStatusCodeAndText() {
    let answers: [(RequestError, Int, String, String)] = [
      (.bodyIncomplete, 400, "badRequest", "The body did not arrive completely. Send the request again."),
      (.unauthenticated, 401, "unauthenticated", "The request has no valid token."),
      (
        .expectationFailed, 417, "badRequest",
        "Reflog supports only 'Expect: 100-continue'. Send that, or no Expect header."
      ),
      (.badRequest("The body is too short.", target: "body"), 400, "badRequest", "The body is too short."),
      (.bodyTooLarge(limit: 65_536), 413, "badRequest", "The body has more than 65536 bytes."),
      (
        .notProxied, 501, "notProxied",
        "Reflog does not forward this request, and nothing was done. If it does not concern API connectors, send it to "
          + "Microsoft Graph."
      ),
      (
        .batch, 501, "notProxied",
        "Reflog does not accept $batch, and nothing was done. Send the requests one by one."
      ),
      (
        .missingRef, 501, "notProxied",
        "The URL does not end in $ref, and nothing was done. Set the connector of a step at "
          + "…/apiConnectorConfiguration/{step}/$ref. In a shell, put $ref in single quotes or write \\$ref."
      ),
      (
        .methodOfReference, 501, "notProxied",
        "Reflog does not forward this method at $ref, and nothing was done. Set the reference with PUT, clear it with "
          + "DELETE, or read it with GET."
      ),
      (
        .certificateOfStep, 501, "notProxied",
        "Reflog does not forward a certificate for a step, and nothing was done. Upload it at "
          + "…/identity/apiConnectors/{id}/uploadClientCertificate, with the id of the connector that the step calls."
      ),
      (
        .keyInParentheses, 501, "notProxied",
        "Reflog does not read ids in parentheses, and nothing was done. Write the id as a segment of the path, such as "
          + "…/b2cUserFlows/B2C_1_signup."
      ),
      (
        .methodNotForwarded([.get]), 501, "notProxied",
        "Reflog does not forward this method here, and nothing was done. Use a method from the Allow header."
      ),
      (
        .methodNotAllowed([.get]), 405, "badRequest",
        "Reflog does not support this method. Use a method from the Allow header."
      ),
      (.notFound, 404, "notFound", "Nothing exists at this URL. Check its spelling."),
      (
        .outsideBasePath("/reflog"), 404, "notFound",
        "Reflog answers only below /reflog. Add it to the URL. A proxy must forward the path unchanged."
      ),
    ]
    for (error, status, code, message) in answers {
      let answer = ErrorAnswer(error)
      #expect(answer.status.code == status)
      #expect(answer.code == code)
      #expect(answer.message == message)
    }
  }

  @Test func aRefusalContainsTheMistakeAndTheValidValues() {
    #expect(ErrorAnswer(RequestError.badRequest("", target: "id")).target == "id")
    #expect(ErrorAnswer(RequestError.bodyTooLarge(limit: 1)).target == "body")
    #expect(ErrorAnswer(RequestError.unauthenticated).wwwAuthenticate == #"Bearer realm="Reflog""#)
    #expect(ErrorAnswer(RequestError.methodNotAllowed([.get, .head])).allow == "GET, HEAD")
    #expect(ErrorAnswer(RequestError.methodNotForwarded([.get, .patch])).allow == "GET, PATCH")
  }

  @Test func anUnknownErrorIsAnInternalErrorThatTheLogExplains() {
    struct Unknown: Error {}

    let answer = ErrorAnswer(Unknown())

    #expect(answer.status.code == 500)
    #expect(answer.code == "internalError")
    #expect(
      answer.message
        == "An internal error stopped this request. The server's log contains the cause under the same request-id."
    )
  }

  @Test func everyWrongPathHasItsText() {
    let texts: [(path: String, text: String)] = [
      ("beta", "The path must begin with a slash."),
      ("/%zz", "A percent sign in the path is not followed by two hexadecimal digits."),
      ("/a%2Fb", "The path contains an encoded slash, backslash, percent sign or NUL."),
      ("/a\\b", "The path contains a backslash."),
      ("/a/../b", "The path contains the segment '.' or '..'."),
    ]
    for (path, text) in texts { #expect(message { _ = try CanonicalPath.canonical(path) } == text) }
  }

  @Test func everyWrongReferenceHasItsText() {
    let form = #"Send {"@odata.id":"https://graph.microsoft.com/beta/identity/apiConnectors/{id}"}"#
    let texts: [(body: JSONObject, text: String)] = [
      (["id": .null], "The body has the unknown member id. \(form), or {} to clear the step."),
      (["@odata.id": .number("1")], "@odata.id must be a URL or null, not a number. \(form)."),
      (
        ["@odata.id": "apiConnectors"], "@odata.id must end in identity/apiConnectors/ and the connector's id. \(form)."
      ),
      (
        ["@odata.id": "apiConnectors/a%20b"],
        "@odata.id contains a character that is not allowed: % ? # @ \\, white space, or a character outside ASCII. "
          + "\(form)."
      ),
      (
        ["@odata.id": "https://contoso.example/apiConnectors/a"],
        "@odata.id must be a relative URL, or a URL of Microsoft Graph or of this server. \(form)."
      ),
    ]
    for (body, text) in texts {
      #expect(message { _ = try ReferenceBody.reference(body, host: OwnHost(authority: nil)) } == text)
    }
    let tags: [(header: String, text: String)] = [
      ("", "If-Match is empty."),
      ("none", "If-Match must be * or entity tags in quotes, separated by commas."),
    ]
    for (header, text) in tags { #expect(message { _ = try EntityTag.precondition(header) } == text) }
  }

  @Test func everyWrongUserFlowHasItsText() {
    let connector = JSONValue.object(["id": "abc"])
    let texts: [(configuration: JSONValue, text: String)] = [
      ("abc", "apiConnectorConfiguration must be an object."),
      (.object(["1": connector]), "'1' is not a valid name of a step."),
      (
        .object(["preTokenIssuance": connector, "PreTokenIssuance": connector]),
        "The step preTokenIssuance is given twice."
      ),
      (
        .object(["preTokenIssuance": "abc"]),
        "preTokenIssuance must have exactly one member: the @odata.id or the id of a connector."
      ),
      (
        .object(JSONObject(uniqueMembers: (0..<17).map { JSONObject.Member(name: "step\($0)x", value: connector) })),
        "apiConnectorConfiguration sets more than 16 steps. Create the flow with fewer steps, then set the others one by "
          + "one at …/{step}/$ref."
      ),
    ]
    for (configuration, text) in texts {
      let body: JSONObject = ["id": "signup", "apiConnectorConfiguration": configuration]
      #expect(message { _ = try FlowBody(body, flowType: .b2cUserFlows, host: OwnHost(authority: nil)) } == text)
    }
    #expect(
      message { _ = try FlowBody(["id": "a b"], flowType: .b2cUserFlows, host: OwnHost(authority: nil)) }
        == "id must have 1 to 128 letters, digits, '_', '.' or '-'."
    )
  }

  @Test func everyWrongRollbackOrStatementHasItsText() {
    let rollbacks: [(body: JSONObject, text: String)] = [
      (["reason": .bool(true)], "reason must be a string, not a boolean."),
      (["force": "yes"], "force must be true or false, not a string."),
      (["dryRun": .null], "dryRun must be true or false, not null."),
      (["why": .null], "The body has the unknown member why. Known members: reason, force, dryRun."),
    ]
    for (body, text) in rollbacks { #expect(message { _ = try RollbackBody(body) } == text) }
    let statements: [(body: JSONObject, text: String)] = [
      (["why": .null], "The body has the unknown member why. Known members: result, reason."),
      (["result": "pending"], "result must be applied or notApplied."),
      (
        ["result": "applied"],
        "reason is missing or not valid. It must have 1 to 4000 bytes of UTF-8, and must not contain NUL or the "
          + "replacement character (U+FFFD)."
      ),
    ]
    for (body, text) in statements { #expect(message { _ = try ReconcileBody.statement(body) } == text) }
  }

  @Test func everyWrongRollbackToATimeHasItsText() {
    let texts: [(body: JSONObject, text: String)] = [
      (
        ["why": .null],
        "The body has the unknown member why. Known members: asOf, flowType, flowId, reason, dryRun, batchId."
      ),
      (["asOf": "2999-01-01"], "asOf must be a time in the past, such as 2026-03-01T14:00:00Z."),
      (["batchId": "1"], "batchId must be a GUID."),
      (["dryRun": "yes"], "dryRun must be true or false, not a string."),
      (["reason": .number("1")], "reason must be a string, not a number."),
      (["flowType": "b2cUserFlows"], "flowType requires flowId. Send both or neither."),
      (["flowId": "B2C_1_signup"], "flowId requires flowType. Send both or neither."),
      (["flowType": "userFlows", "flowId": "a"], "flowType must be b2cUserFlows or b2xUserFlows."),
      (["flowType": "b2cUserFlows", "flowId": "a b"], "flowId must have 1 to 128 letters, digits, '_', '.' or '-'."),
    ]
    for (body, text) in texts { #expect(message { _ = try TimeRollbackBody(body) } == text) }
  }

  @Test func everyWrongMemberHasItsText() {
    let body: JSONObject = ["name": "abcd"]
    #expect(message { _ = try body.requiredText("name", upTo: 3) } == "name has more than 3 bytes.")
    #expect(message { _ = try body.requiredText("reason", upTo: 3) } == "reason is missing or empty.")
    #expect(message { _ = try body.time("name") } == "name must be a time such as 2026-03-01T14:00:00Z.")
    #expect(message { try body.allow(only: "") } == "The body has the unknown member name. Send {} or no body.")
  }
}
