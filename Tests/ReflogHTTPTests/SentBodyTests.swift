import NIOHTTP1
import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogHTTP

/// Tests of clients that read an object, edit the object, and send the object back.
struct SentBodyTests {
  private static let flow = "/beta/identity/b2cUserFlows/B2C_1_signup"
  private static let id = "3f1c7a52-8d0e-4b4f-9c57-5b1f0a6d2e01"
  private static let connector = "/beta/identity/apiConnectors/" + id

  @Test(arguments: [
    (
      "{\"authenticationConfiguration\":{\"username\":\"u\",\"password\":\"******\"}}",
      "authenticationConfiguration/password"
    ),
    ("{\"AuthenticationConfiguration\":{\"Password\":\"***\"}}", "AuthenticationConfiguration/Password"),
    ("{\"authenticationConfiguration\":{\"pkcs12Value\":\"*******\"}}", "authenticationConfiguration/pkcs12Value"),
    ("{\"authenticationConfiguration\":{\"apiKey\":\"••••••••\"}}", "authenticationConfiguration/apiKey"),
    ("{\"password\":\"******\",\"pkcs12Value\":\"AAAA\"}", "password"), ("{\"x\":[{\"y\":\"****\"}]}", "x/y"),
    ("{\"targetUrl\":\"https://api.contoso.example/check?…\"}", "targetUrl"),
    ("{\"targetUrl\":\"https://…@api.contoso.example/check\"}", "targetUrl"),
    ("{\"targetUrl\":\"https://api.contoso.example/#…\"}", "targetUrl"),
  ])
  func aMaskedValueOfAConnectorIsRefused(body: String, member: String) async throws {
    try await withServer { server in
      let requests: [(HTTPMethod, String)] = [
        (.POST, "/beta/identity/apiConnectors"), (.PATCH, Self.connector),
        (.POST, Self.connector + "/uploadClientCertificate"),
      ]
      for (method, path) in requests {
        let answer = try await server.send(method, path, text: body)
        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.target == member)
        #expect(
          answer.message
            == "\(member) is masked, and the mask would replace the true value. Leave the member out to keep the "
            + "value, or send the true value."
        )
      }
      #expect(server.fixture.directory.writes.isEmpty)
    }
  }

  @Test(arguments: [
    ("{\"id\":\"new\",\"identityProviders\":[{\"clientSecret\":\"*******\"}]}", "identityProviders/clientSecret"),
    ("{\"id\":\"new\",\"clientSecret\":\"*******\"}", "clientSecret"),
  ])
  func aMaskedSecretInAFlowIsRefused(body: String, member: String) async throws {
    try await withServer { server in
      let requests: [(HTTPMethod, String)] = [
        (.POST, "/beta/identity/b2cUserFlows"), (.PATCH, Self.flow), (.PATCH, Self.flow + "/identityProviders/x"),
      ]
      for (method, path) in requests {
        let answer = try await server.send(method, path, text: body)
        #expect(answer.status == 400, "\(answer.text)")
        #expect(answer.target == member)
      }
      #expect(server.fixture.directory.writes.isEmpty)
    }
  }

  @Test func jsonThatReflogCanNotReadIsNotForwarded() async throws {
    let bodies: [(text: String, headers: HTTPHeaders)] = [
      ("{\"clientSecret\":\"x\",\"clientSecret\":\"*******\"}", [:]),
      ("{\"clientSecret\":\"*******\"", ["content-type": "application/json"]),
      ("[{\"clientSecret\":\"*******\"}]", ["content-type": "application/vnd.x+JSON"]),
      ("[{\"apiConnectorConfiguration@odata.bind\":\"x\"}]", ["content-type": "text/plain"]),
    ]
    try await withServer { server in
      for (text, headers) in bodies {
        let path = Self.flow + "/languages/en"
        let answer = try await server.send(.PATCH, path, text: text, role: .operator, headers: headers)
        #expect(answer.status == 400, "\(text): \(answer.text)")
      }
      #expect(server.fixture.directory.writes.isEmpty)

      let page = Self.flow + "/languages/en/defaultPages/x/$value"
      _ = try await server.send(.PUT, page, text: "<p>{", role: .operator, headers: ["content-type": "text/html"])

      #expect(server.fixture.directory.writes.count == 1)
    }
  }

  @Test func aTextThatIsNotAMaskIsSent() {
    for body: JSONObject in [
      ["displayName": "******"], ["targetUrl": "https://api.contoso.example/?q=***"],
      ["authenticationConfiguration": .object(["password": "**"])],
      ["authenticationConfiguration": .object(["password": "*****a"])],
    ] {
      #expect(SecretMask.member(in: body, isConnector: true) == nil)
    }
    #expect(SecretMask.member(in: ["displayName": "***", "note": "***"], isConnector: false) == nil)
  }

  /// The control information that Microsoft Graph adds to its answers.
  private static let control: JSONObject = [
    "@odata.context": "https://graph.microsoft.com/beta/$metadata#x", "@odata.type": "#microsoft.graph.x",
    "@odata.etag": "W/\"1\"", "@odata.editLink": "x", "@odata.readLink": "x", "@microsoft.graph.tips": "x",
  ]

  private func merged(_ body: JSONObject) -> JSONObject {
    JSONObject(uniqueMembers: Self.control.members + body.members)
  }

  /// A combining mark can follow the `@` or the dot. The name is then another name.
  @Test(arguments: ["@\u{301}odata.context", "@odata.\u{301}context", "displayName@\u{FE0F}odata.type", "@odata.id"])
  func otherNamesAreNotControlInformation(name: String) {
    #expect(!ControlInformation.contains(name))
  }

  @Test func controlInformationIsAcceptedAndNotSent() async throws {
    let authentication: JSONObject = [
      "@odata.type": "#microsoft.graph.basicAuthentication", "username": "u", "password": "p",
    ]
    let edit: JSONObject = ["displayName": "New name", "authenticationConfiguration": .object(authentication)]
    try await withServer { server in
      let read = merged(["id": .string(Self.id.uppercased()), "authenticationConfiguration@odata.context": "x"])
      let sent = try await server.send(.PATCH, Self.connector, JSONObject(uniqueMembers: read.members + edit.members))
      let flow: JSONObject = ["id": "B2C_1_signup", "defaultLanguageTag": "en", "languages@odata.context": "x"]
      let configuration: JSONObject = ["apiConnectorConfiguration": .object(["@odata.context": "x"])]
      let edited = try await server.send(
        .PATCH,
        Self.flow,
        merged(JSONObject(uniqueMembers: flow.members + configuration.members))
      )
      let set = try await server.send(
        .PUT,
        LiveServer.signup,
        merged(["@odata.id": .string("apiConnectors/" + Self.id)])
      )
      let cleared = try await server.send(.PUT, LiveServer.signup, Self.control)

      #expect(
        [sent.status, edited.status, set.status, cleared.status] == [204, 204, 204, 204],
        "\(edited.text) \(set.text)"
      )
      let writes = server.fixture.directory.writes
      guard case .updateConnector(_, let body) = writes[0], case .updateFlow(_, _, let flowBody) = writes[1],
        case .setReference(_, let reference) = writes[2], case .setReference(_, .none) = writes[3]
      else {
        Issue.record("\(writes)")
        return
      }
      #expect(body == edit)
      #expect(flowBody == ["id": "B2C_1_signup", "defaultLanguageTag": "en"])
      #expect(reference.connectorID?.text == Self.id)
    }
  }

  @Test func aReadReturnsTheHeadersOfTheDirectory() async throws {
    try await withServer { server in
      server.fixture.directory.answerOtherReads(
        with: DirectoryResponse(
          httpStatus: 200,
          body: [:],
          linkBase: "https://graph.microsoft.com",
          requestID: "graph-1",
          forwardedHeaders: [
            "client-request-id": "graph-2", "sunset": "Sun, 11 Nov 2029 23:59:59 GMT",
            "link": "<https://graph.microsoft.com/beta/x>; rel=\"next\", <https://learn.example>; rel=\"deprecation\"",
          ]
        )
      )

      let answer = try await server.send(.GET, Self.flow + "/languages")
      let named = try await server.send(.GET, Self.connector, role: .operator, headers: ["client-request-id": "mine"])
      server.fixture.directory.failReads(
        .refused(DirectoryRefusal(httpStatus: 404, code: "x", message: "No.", requestID: "graph-3"))
      )
      let refused = try await server.send(.GET, Self.flow)

      #expect(answer.headers["request-id"] == ["graph-1"])
      #expect(answer.headers["client-request-id"] == ["graph-2"])
      #expect(answer.headers["sunset"] == ["Sun, 11 Nov 2029 23:59:59 GMT"])
      let link = "<http://127.0.0.1:\(server.port)/beta/x>; rel=\"next\", <https://learn.example>; rel=\"deprecation\""
      #expect(answer.headers.first(name: "link") == link)
      #expect(named.headers["client-request-id"] == ["mine"])
      #expect(refused.headers["request-id"] == ["graph-3"])
      #expect(refused.body["error"]?.object?["innerError"]?.object?["request-id"] == "graph-3")
    }
  }

  @Test func anIDThatDiffersFromTheIDInTheURLIsRefused() async throws {
    try await withServer { server in
      for body: JSONObject in [["id": "other"], ["ID": .null], ["id": .number("1")]] {
        let answer = try await server.send(.PATCH, Self.connector, body)
        #expect(answer.status == 400)
        #expect(answer.message == "The id in the body is not the connector's id in the URL. Leave it out.")
      }
      #expect(server.fixture.directory.writes.isEmpty)
    }
  }

  @Test func onlyPropertiesWithANewValueAreRecordedAsChanged() async throws {
    try await withServer { server in
      let url = "https://api.contoso.example/check?code=secret"
      let certificates: JSONValue = .array([.object(["thumbprint": "B"]), .object(["thumbprint": "A"])])
      let authentication: JSONObject = [
        "@odata.type": "#microsoft.graph.clientCertificateAuthentication", "certificateList": certificates,
      ]
      let id = try #require(ConnectorID(Self.id))
      server.fixture.directory.changeWithoutReflog(
        DirectoryConnector(
          id: id,
          displayName: "Fraud check",
          targetURL: url,
          authentication: "clientCertificateAuthentication A B"
        )
      )
      let edits: [(body: JSONObject, changed: [String])] = [
        (["displayName": "Fraud check", "targetUrl": .string(url)], []),
        (["displayName": "Fraud check", "authenticationConfiguration": .object(authentication)], []),
        (["targetUrl": .string(url + "2")], ["targetUrl"]),
        (["targetUrl": "https://api.contoso.example/check?…x"], ["targetUrl"]),
        (["displayName": "fraud check", "targetUrl": "https://api.contoso.example/check?…x"], ["displayName"]),
        (
          [
            "authenticationConfiguration": .object([
              "@odata.type": "#microsoft.graph.basicAuthentication", "password": "p",
            ])
          ],
          ["authenticationConfiguration"]
        ),
        (["targetUrl": .null], ["targetUrl"]), (["x": .null], ["x"]),
      ]
      for (body, changed) in edits {
        let answer = try await server.send(.PATCH, Self.connector, body)
        let change = try await server.send(
          .GET,
          LiveServer.changes + "/" + (answer.headers.first(name: "Reflog-Change-Id") ?? "")
        )
        let names = change.body["changedProperties"]?.array?.compactMap { $0.object?["name"]?.string }
        #expect(names == changed, "\(body): \(answer.text) \(change.text)")
      }
    }
  }
}
