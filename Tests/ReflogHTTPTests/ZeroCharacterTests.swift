import NIOHTTP1
import ReflogModel
import ReflogTesting
import Testing

/// Tests that no text with U+0000 is recorded, because PostgreSQL can't store this character.
struct ZeroCharacterTests {
  private static let flows = "/beta/identity/b2cUserFlows"
  private static let connectors = "/beta/identity/apiConnectors"
  private static let rollbacks = "/beta/auditLogs/connectorConfigurations/rollback"

  /// The routes with a JSON body: the method, the path, a body, and the name of the member that contains U+0000.
  private static let bodies: [(HTTPMethod, String, String, String)] = [
    (.PUT, LiveServer.signup, #"{"@odata.id":"apiConnectors/a\u0000"}"#, "@odata.id"),
    (.POST, flows, #"{"id":"B2C_1_new","userFlowType":"a\u0000"}"#, "userFlowType"),
    (.PATCH, flows + "/B2C_1_signup", #"{"defaultLanguageTag":"\u0000"}"#, "defaultLanguageTag"),
    (.POST, connectors, #"{"displayName":"Fraud\u0000check","targetUrl":"https://a.example"}"#, "displayName"),
    (.PATCH, connectors + "/3f1c", #"{"targetUrl":"https://a.example/\u0000"}"#, "targetUrl"),
    (
      .PATCH, connectors + "/3f1c", #"{"authenticationConfiguration":{"a":[{},"\u0000"]}}"#,
      "authenticationConfiguration/a/1"
    ),
    (.POST, connectors + "/3f1c/uploadClientCertificate", #"{"pkcs12Value":"\u0000"}"#, "pkcs12Value"),
    (.POST, LiveServer.changes + "/1/rollback", #"{"reason":"a\u0000"}"#, "reason"),
    (.POST, LiveServer.changes + "/1/reconcile", #"{"result":"applied","reason":"\u0000"}"#, "reason"),
    (.POST, rollbacks, #"{"asOf":"2026-01-01T00:00:00Z","flowId":"\u0000"}"#, "flowId"),
    (.POST, "/beta/reflog/holds", #"{"name":"case\u0000","reason":"x"}"#, "name"),
    (.POST, "/beta/reflog/erasures", #"{"actor":"\u0000"}"#, "actor"),
    (.POST, "/beta/reflog/tokens", #"{"name":"ci\u0000","role":"reader"}"#, "name"),
  ]

  @Test func aBodyWithTheCharacterIsRefused() async throws {
    try await withServer { server in
      for (method, path, body, member) in Self.bodies {
        let answer = try await server.send(method, path, text: body, role: .admin)

        #expect(answer.status == 400, "\(path)")
        #expect(answer.code == "badRequest", "\(path)")
        #expect(answer.target == member, "\(path)")
        #expect(answer.message == "\(member) contains U+0000, which can't be recorded. Remove it.", "\(path)")
      }
      #expect(server.fixture.directory.writes.isEmpty)
      #expect(try await server.send(.GET, LiveServer.changes).body["value"]?.array?.isEmpty == true)
    }
  }

  @Test func aFormWithTheCharacterIsRefused() async throws {
    try await withServer { server in
      let cookie = try await server.signIn(as: .operator)
      let answer = try await server.send(.GET, "/?actor=a%00", headers: ["cookie": cookie])

      #expect(answer.status == 400)
      #expect(answer.text.contains("actor contains U+0000"))
    }
  }

  /// Reflog can't refuse texts that come from the directory, so Reflog records U+FFFD in place of U+0000.
  @Test func theTextsOfARefusalAreRecordedWithAnotherCharacter() async throws {
    try await withServer { server in
      let refusal = DirectoryRefusal(httpStatus: 409, code: "Con\0flict", message: "\0Later.")
      server.fixture.directory.react(.refuse(refusal))

      _ = try await server.set(Sample.newVendor)

      let change = try await server.send(.GET, LiveServer.changes + "/1")
      #expect(change.body["status"]?.object?["code"]?.string == "Con\u{FFFD}flict")
      #expect(change.body["status"]?.object?["message"]?.string == "\u{FFFD}Later.")
    }
  }

  @Test func theTextsOfAConnectorAreRecordedWithAnotherCharacter() throws {
    let connector = try #require(
      DirectoryConnector(graph: [
        "id": "3f1c", "displayName": "Fraud\0check", "targetUrl": "https://a.example/\0",
        "authenticationConfiguration": .object(["@odata.type": "#x.basic\0"]),
      ])
    )

    #expect(connector.displayName == "Fraud\u{FFFD}check")
    #expect(connector.targetURL.contains("\u{FFFD}"))
    #expect(connector.authentication == "basic\u{FFFD}")
    #expect(connector.hasTargetURL("https://a.example/\0"))
  }
}
