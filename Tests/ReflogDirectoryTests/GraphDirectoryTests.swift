import ReflogDirectory
import ReflogModel
import ReflogTesting
import Testing

/// Tests of the Graph client with a real TCP peer that sends wrong answers or no answer.
struct GraphDirectoryTests {
  private static let token = ScriptedPeer.Reaction.json("200 OK", #"{"access_token":"first","expires_in":3600}"#)
  private static let noContent = ScriptedPeer.Reaction.send("HTTP/1.1 204 No Content\r\n\r\n")

  /// Calls `body` with a directory that sends its Graph requests and its login requests to the same URL.
  private func withDirectory(
    at url: String,
    timeout: Duration = .seconds(10),
    _ body: (GraphDirectory) async throws -> Void
  ) async throws {
    let directory = GraphDirectory(
      graphURL: url,
      loginURL: url,
      credential: GraphCredential(tenantID: "tenant", clientID: "client", proof: .secret("s3cret&=canary")),
      timeout: timeout,
      settleWindow: .seconds(60)
    )
    do {
      try await body(directory)
    } catch {
      try await directory.shutdown()
      throw error
    }
    try await directory.shutdown()
  }

  private let write = DirectoryWrite.setReference(Sample.signup, Sample.newVendor)

  @Test func theRequestThatSetsAReferenceIsAsMicrosoftDocumentsIt() async throws {
    try await ScriptedPeer.with(Self.token, Self.noContent) { url, peer in
      try await withDirectory(at: url) { directory in
        guard case .applied(let response) = await directory.write(write, correlationID: "correlation") else {
          Issue.record("it was not applied")
          return
        }
        #expect(response.httpStatus == 204)
      }

      let login = peer.requests[0]
      #expect(login.hasPrefix("POST /tenant/oauth2/v2.0/token HTTP/1.1\r\n"))
      #expect(login.contains("client_secret=s3cret%26%3Dcanary"))
      let put = peer.requests[1]
      let path = "/beta/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref"
      #expect(put.hasPrefix("PUT \(path) HTTP/1.1\r\n"))
      #expect(put.lowercased().contains("authorization: bearer first"))
      #expect(
        put.hasSuffix(#"{"@odata.id":"\#(url)/beta/identity/apiConnectors/8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602"}"#)
      )
    }
  }

  @Test func aReadReturnsTheGraphHeadersThatTheCallerNeeds() async throws {
    let headers =
      "Content-Type: application/json\r\nrequest-id: graph-1\r\nclient-request-id: mine\r\nDeprecation: @1688169599\r\n"
      + "Sunset: Sun, 11 Nov 2029 23:59:59 GMT\r\nLink: <https://a.example>; rel=\"deprecation\"\r\n"
      + "Link: <https://b.example>; rel=\"sunset\"\r\nx-ms-ags-diagnostic: {}\r\n"
    try await ScriptedPeer.with(Self.token, .json("200 OK", "{}", headers: headers)) { url, peer in
      try await withDirectory(at: url) { directory in
        let response = try await directory.read(DirectoryRead(.connectors, correlationID: "mine"))

        #expect(response.requestID == "graph-1")
        #expect(
          response.forwardedHeaders == [
            "client-request-id": "mine", "deprecation": "@1688169599", "sunset": "Sun, 11 Nov 2029 23:59:59 GMT",
            "link": "<https://a.example>; rel=\"deprecation\", <https://b.example>; rel=\"sunset\"",
          ]
        )
      }
      #expect(peer.requests[1].contains("client-request-id: mine"))
    }
  }

  @Test func consecutiveWritesShareConnections() async throws {
    let count = 8
    try await ScriptedPeer.with([Self.token] + Array(repeating: Self.noContent, count: count)) { url, peer in
      try await withDirectory(at: url) { directory in
        for _ in 0..<count {
          guard case .applied = await directory.write(write, correlationID: "correlation") else {
            Issue.record("it was not applied")
            return
          }
        }
      }
      // The request for the token can need one more connection. On a busy machine, the time between two writes can be
      // so long that the idle connection is closed. So the test only requires that some writes share a connection.
      #expect(peer.connectionCount < 1 + count)
    }
  }

  @Test func aWriteOpensANewConnectionIfTheServerClosedTheLastConnection() async throws {
    let closing = ScriptedPeer.Reaction.sendAndClose("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
    try await ScriptedPeer.with([Self.token] + Array(repeating: closing, count: 4)) { url, peer in
      try await withDirectory(at: url) { directory in
        for _ in 0..<4 {
          guard case .applied = await directory.write(write, correlationID: "correlation") else {
            Issue.record("it was not applied")
            return
          }
        }
      }
      #expect(peer.connectionCount == 5)
    }
  }

  @Test(arguments: [
    ScriptedPeer.Reaction.close, .sendAndClose("HTTP/1.1 204 No"), .sendAndClose("nonsense\r\n\r\n"),
    .sendAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), .json("500 Oops", "{}"), .json("503 Later", ""),
    .json("302 Found", "", headers: "Location: http://127.0.0.1:1/\r\n"), .hang,
  ])
  func ifAWritePossiblyArrivedItsResultIsUnknownAndItIsNotSentAgain(reaction: ScriptedPeer.Reaction) async throws {
    try await ScriptedPeer.with(Self.token, reaction) { url, peer in
      try await withDirectory(at: url, timeout: .seconds(3)) { directory in
        guard case .unknown = await directory.write(write, correlationID: "correlation") else {
          Issue.record("it is not unknown")
          return
        }
      }
      #expect(peer.requests.count == 2)
    }
  }

  @Test func noWriteIsSentIfTheConnectionIsRefused() async throws {
    try await ScriptedPeer.with(Self.token) { url, _ in
      let directory = GraphDirectory(
        graphURL: "http://127.0.0.1:1",
        loginURL: url,
        credential: GraphCredential(tenantID: "tenant", clientID: "client", proof: .secret("s")),
        timeout: .seconds(5),
        settleWindow: .seconds(60)
      )
      let answer = await directory.write(write, correlationID: "correlation")
      try await directory.shutdown()

      guard case .notSent = answer else {
        Issue.record("\(answer)")
        return
      }
    }
  }

  @Test func withoutATokenNoRequestIsSentAndNoSecretIsShown() async throws {
    let refusal = #"{"error":"invalid_client","error_description":"s3cret&=canary is wrong"}"#
    try await ScriptedPeer.with(.json("401 Unauthorized", refusal)) { url, peer in
      try await withDirectory(at: url) { directory in
        guard case .notSent(let reason) = await directory.write(write, correlationID: "correlation") else {
          Issue.record("something was sent")
          return
        }
        #expect(reason.contains("invalid_client"))
        #expect(!reason.contains("canary"))
      }
      #expect(peer.requests.count == 1)
    }
  }

  @Test func aTokenIsRenewedOnceIfGraphRefusesIt() async throws {
    let second = ScriptedPeer.Reaction.json("200 OK", #"{"access_token":"second","expires_in":3600}"#)
    let refusal = ScriptedPeer.Reaction.json("401 Unauthorized", #"{"error":{"code":"InvalidAuthenticationToken"}}"#)
    try await ScriptedPeer.with(Self.token, refusal, second, refusal, Self.noContent) { url, peer in
      try await withDirectory(at: url) { directory in
        guard case .refused(let answer) = await directory.write(write, correlationID: "correlation") else {
          Issue.record("it is no refusal")
          return
        }
        #expect(answer.httpStatus == 401)
        guard case .applied = await directory.write(write, correlationID: "correlation") else {
          Issue.record("it was not applied")
          return
        }
      }
      #expect(peer.requests.filter { $0.hasPrefix("PUT") }.count == 3)
    }
  }

  @Test func aRefusalIsReturned() async throws {
    let body = #"{"error":{"code":"AADB2C","message":"User Authorization: Access is denied."}}"#
    try await ScriptedPeer.with(Self.token, .json("403 Forbidden", body, headers: "request-id: r\r\n")) { url, _ in
      try await withDirectory(at: url) { directory in
        guard case .refused(let refusal) = await directory.write(write, correlationID: "correlation") else {
          Issue.record("it is no refusal")
          return
        }
        #expect(refusal.code == "AADB2C")
        #expect(refusal.requestID == "r")
      }
    }
  }

  @Test func aTooLongAnswerIsAnError() async throws {
    let endless = "HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + String(repeating: "x", count: 5_000_000)
    try await ScriptedPeer.with(Self.token, .send(endless)) { url, _ in
      try await withDirectory(at: url) { directory in
        await #expect(throws: DirectoryFailure.self) { try await directory.connector(#require(ConnectorID("abc"))) }
      }
    }
  }

  @Test func aMissingConnectorIsNil() async throws {
    try await ScriptedPeer.with(Self.token, .json("404 Not Found", "{}")) { url, _ in
      try await withDirectory(at: url) { directory in
        let connector = try await directory.connector(#require(ConnectorID("abc")))
        #expect(connector == nil)
      }
    }
  }
}
