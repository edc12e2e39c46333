import ReflogDirectory
import ReflogModel
import ReflogTesting
import Testing

/// Tests that a step counts as disabled only if Microsoft Graph's answer shows that the step calls no connector.
struct AbsentStepTests {
  private typealias Reaction = ScriptedPeer.Reaction

  private static let connector = #"{"id":"abc","displayName":"A","targetUrl":"https://a"}"#
  private static let noContent = Reaction.send("HTTP/1.1 204 No Content\r\n\r\n")

  private static func context(_ steps: String) -> String {
    #""@odata.context":"https://x/$metadata#identity/b2cUserFlows('B2C_1_signup')/apiConnectorConfiguration\#(steps)""#
  }

  /// Each row has the answer to `$expand`, the answer to the separate read of the step, and the expected reference.
  ///
  /// The second value is nil if Reflog must not send a separate read.
  private static let answers: [(expanded: String, step: Reaction?, reference: ConnectorReference)] = [
    // The answer to `$expand` shows the step.
    (#"{"postFederationSignup":null}"#, nil, .none),
    (#"{"PostFederationSignup":null}"#, nil, .none),
    (#"{"postFederationSignup":\#(connector)}"#, nil, Sample.connector("abc", "A")),
    (#"{\#(context("(postFederationSignup(),postAttributeCollection())"))}"#, nil, .none),
    (#"{\#(context("(postAttributeCollection(),postfederationsignup())"))}"#, nil, .none),
    // The answer to `$expand` does not contain the step, but the answer to the separate read contains the step.
    ("{}", .json("200 OK", connector), Sample.connector("abc", "A")),
    ("{}", noContent, .none),
    ("{}", .json("404 Not Found", "{}"), .none),
    (#"{\#(context("(postAttributeCollection())"))}"#, .json("200 OK", connector), Sample.connector("abc", "A")),
    (#"{\#(context(""))}"#, .json("200 OK", connector), Sample.connector("abc", "A")),
    (#"{"postFederationSignup@odata.context":"x"}"#, .json("200 OK", connector), Sample.connector("abc", "A")),
    // Neither answer contains the step.
    ("{}", .json("400 Bad Request", "{}"), .unknown),
    ("{}", .json("403 Forbidden", #"{"error":{"code":"AADB2C","message":"x"}}"#), .unknown),
    ("{}", .json("405 Method Not Allowed", "{}"), .unknown),
    ("{}", .json("500 Oops", "{}"), .unknown),
    ("{}", .json("501 Not Implemented", "{}"), .unknown),
    ("{}", .json("302 Found", "", headers: "Location: http://127.0.0.1:1/\r\n"), .unknown),
    ("{}", .json("200 OK", ""), .unknown),
    ("{}", .json("200 OK", "null"), .unknown),
    ("{}", .json("200 OK", "<html>"), .unknown),
    ("{}", .json("200 OK", #"{"displayName":"A"}"#), .unknown),
    ("{}", .close, .unknown),
  ]

  @Test(arguments: answers.indices)
  func aMissingMemberIsReadWithASeparateRequest(index: Int) async throws {
    let (expanded, step, reference) = Self.answers[index]
    try await ScriptedPeer.withDirectory([.json("200 OK", expanded)] + (step.map { [$0] } ?? [])) { directory, peer in
      let found = try await directory.reference(at: Sample.signup)
      #expect(found == reference)
      let path = "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration"
      let paths = [path + "?$expand=postFederationSignup", path + "/postFederationSignup"]
      let requested = peer.requests.dropFirst().map { $0.split(separator: " ")[1] }
      #expect(requested.map(String.init) == Array(paths.prefix(step == nil ? 1 : 2)))
    }
  }

  @Test(arguments: ["429 Too Many Requests", "401 Unauthorized"])
  func ifEveryRequestIsRefusedTheRefusalIsReturned(status: String) async throws {
    let refusal = Reaction.json(status, "{}")
    let token = ScriptedPeer.token
    try await ScriptedPeer.withDirectory([.json("200 OK", "{}"), refusal, token, refusal]) { directory, _ in
      let failure = try await #require(throws: DirectoryFailure.self) {
        try await directory.reference(at: Sample.signup)
      }
      guard case .refused(let refusal) = failure else {
        Issue.record("it is not refused: \(failure)")
        return
      }
      #expect(status.hasPrefix("\(refusal.httpStatus)"))
    }
  }

  @Test(arguments: [#"{"postFederationSignup":7}"#, #"{"postFederationSignup":{}}"#, "[]", "null", ""])
  func anAnswerThatIsNotAConfigurationIsAnError(body: String) async throws {
    try await ScriptedPeer.withDirectory([.json("200 OK", body)]) { directory, _ in
      await #expect(throws: DirectoryFailure.self) { try await directory.reference(at: Sample.signup) }
    }
  }

  @Test func aConnectorIsReadEvenIfItsNameIsMissing() async throws {
    try await ScriptedPeer.withDirectory([.json("200 OK", #"{"postFederationSignup":{"id":"abc"}}"#)]) { directory, _ in
      let found = try await directory.reference(at: Sample.signup)
      #expect(found.connectorID?.text == "abc")
      #expect(found.displayName == nil)
    }
  }

  @Test(arguments: [(flow: "404 Not Found", isDeleted: true), (flow: "200 OK", isDeleted: false)])
  func aFlowCountsAsDeletedOnlyIfTheFlowItselfIsMissing(flow: String, isDeleted: Bool) async throws {
    let answers: [Reaction] = [.json("404 Not Found", "{}"), .json(flow, "{}")]
    try await ScriptedPeer.withDirectory(answers) { directory, _ in
      let references = try? await directory.referencesUnlessDeleted(
        of: FlowName(of: Sample.signup),
        at: [.postFederationSignup]
      )
      #expect(references == (isDeleted ? [.postFederationSignup: ConnectorReference.none] : nil))
    }
  }
}

extension ScriptedPeer {
  static let token = Reaction.json("200 OK", #"{"access_token":"first","expires_in":3600}"#)

  /// Calls `body` with a directory in front of a peer. The peer issues a token, and then has the given reactions.
  fileprivate static func withDirectory(
    _ reactions: [Reaction],
    body: (GraphDirectory, ScriptedPeer) async throws -> Void
  ) async throws {
    try await with([token] + reactions) { url, peer in
      let directory = GraphDirectory(
        graphURL: url,
        loginURL: url,
        credential: GraphCredential(tenantID: "tenant", clientID: "client", proof: .secret("s")),
        timeout: .seconds(10),
        settleWindow: .seconds(60)
      )
      do {
        try await body(directory, peer)
      } catch {
        try await directory.shutdown()
        throw error
      }
      try await directory.shutdown()
    }
  }
}
