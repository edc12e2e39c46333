import NIOHTTP1
import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogHTTP

/// Tests that every request that could change a reference is recorded or refused, in every spelling of the request.
struct ReferenceSpellingTests {
  private static let flow = "/beta/identity/b2cUserFlows/B2C_1_signup"
  private static let configuration = flow + "/apiConnectorConfiguration"
  private static let step = configuration + "/postFederationSignup"
  private static let url =
    "https://graph.microsoft.com/beta/identity/apiConnectors/8a64d9b0-21f7-4c1e-8f3a-7c92e4b5d602"
  private static let reference = "{\"@odata.id\":\"\(url)\"}"

  @Test(arguments: [
    step + "/$ref", step + "/%24ref", step + "/%24REF",
    "//beta//identity/b2cUserFlows//B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref",
    "/BETA/Identity/B2CUSERFLOWS/b2c_1_SIGNUP/ApiConnectorConfiguration/PostFederationSignup/$Ref", step + "/$ref/",
    "/beta/identity/b2cUserFlows/B2C%5F1%5Fsignup/%61piConnectorConfiguration/%70ostFederationSignup/%24%72ef",
    "/v1.0/identity/b2cUserFlows/B2C_1_signup/apiConnectorConfiguration/postFederationSignup/$ref",
  ])
  func everySpellingOfTheURLOfAReferenceIsRecorded(path: String) async throws {
    try await withServer { server in
      let answer = try await server.send(.PUT, path, text: Self.reference)

      #expect(answer.status == 204, "\(answer.text)")
      #expect(answer.headers.first(name: "Reflog-Change-Id") == "1")
      #expect(server.fixture.directory.writes.count == 1)
    }
  }

  /// The requests that Reflog does not forward, and a part of the message that shows the caller the right request.
  private static let unforwarded: [(methods: [HTTPMethod], path: String, advice: String)] = [
    ([.PUT, .POST, .PATCH, .DELETE], step, "/{step}/$ref"), ([.PUT, .PATCH, .DELETE], step + "/", "/{step}/$ref"),
    ([.POST, .PATCH], step + "/$ref", "with PUT"), ([.PUT, .PATCH], step + "/$value", "/{step}/$ref"),
    ([.PUT, .DELETE], step + "/microsoft.graph.identityApiConnector/$ref", "/{step}/$ref"),
    ([.PUT, .DELETE], step + "/$ref/$ref", "/{step}/$ref"), ([.PUT], step + "/$links/x", "/{step}/$ref"),
    ([.PUT, .PATCH, .POST, .DELETE], configuration, "/{step}/$ref"), ([.PUT], configuration + "/$ref", "/{step}/$ref"),
    ([.PUT], configuration + "/microsoft.graph.x/postFederationSignup/$ref", "/{step}/$ref"),
    ([.POST], step + "/uploadClientCertificate", "/identity/apiConnectors/{id}/uploadClientCertificate"),
    ([.POST], step + "/microsoft.graph.uploadClientCertificate", "/identity/apiConnectors/{id}/"),
    ([.PATCH, .PUT], step + "/displayName", "/{step}/$ref"), ([.PUT], step + "/targetUrl/$value", "/{step}/$ref"),
    (
      [.PUT, .GET], "/beta/identity/b2cUserFlows('B2C_1_signup')/apiConnectorConfiguration/postFederationSignup/$ref",
      "segment"
    ),
    ([.PATCH, .GET], "/beta/identity/b2cUserFlows('B2C_1_signup')", "segment"),
    ([.PATCH, .GET], "/beta/identity/apiConnectors('abc')", "segment"),
    ([.POST], "/beta/identity/b2cUserFlows(B2C_1_signup)/languages", "segment"),
    (
      [.PUT], flow + "/microsoft.graph.b2cIdentityUserFlow/apiConnectorConfiguration/postFederationSignup/$ref",
      "Microsoft Graph"
    ),
    ([.PUT, .POST], flow, "Allow"), ([.PUT, .PATCH, .DELETE], "/beta/identity/b2cUserFlows", "Allow"),
    ([.PUT, .PATCH, .DELETE], "/beta/identity/apiConnectors", "Allow"),
    ([.PUT, .POST], "/beta/identity/apiConnectors/abc", "Allow"),
    ([.PUT], "/beta/identity/apiConnectors/abc/$ref", "Microsoft Graph"),
    ([.POST], "/beta/identity/apiConnectors/abc/microsoft.graph.uploadClientCertificate", "Microsoft Graph"),
    ([.POST], "/beta/$batch", "one by one"), ([.POST], "/v1.0/%24BATCH", "one by one"),
    ([.POST], "/beta/identity/$batch", "one by one"),
    ([.PATCH], "/beta/identity", "Microsoft Graph"),
    ([.PUT], "/beta/identity/userFlows/B2C_1_signup", "Microsoft Graph"),
    ([.PUT], "/beta/trustFramework/policies/B2C_1_signup/$value", "Microsoft Graph"),
    ([.PUT], flow + "/languages/..;/apiConnectorConfiguration/postFederationSignup/$ref", "Microsoft Graph"),
    ([.GET, .PUT], flow + "/languages/..;/..;/..;/users", "Microsoft Graph"),
    ([.GET], "/beta/identity/apiConnectors/abc/%2e%2e%3b/x", "Microsoft Graph"),
    ([.PUT], flow + "/languages/x%3B/y", "Microsoft Graph"),
    ([.PUT], flow + "/languages/%EF%BC%8E%EF%BC%8E/x", "Microsoft Graph"),
    ([.PUT], flow + "/languagesX/en", "Microsoft Graph"), ([.PUT], flow + "/%6canguages%20/en", "Microsoft Graph"),
  ]

  @Test func everyOtherURLIsRefusedAndTheMessageContainsTheRightURL() async throws {
    try await withServer { server in
      for (methods, path, advice) in Self.unforwarded {
        for method in methods {
          let answer = try await server.send(method, path, text: method == .GET ? nil : Self.reference)
          #expect(answer.status == 501, "\(method) \(path): \(answer.text)")
          #expect(answer.code == "notProxied", "\(method) \(path)")
          #expect(answer.message?.contains(advice) == true, "\(method) \(path): \(answer.message ?? "")")
        }
      }
      #expect(server.fixture.directory.writes.isEmpty)
    }
  }

  @Test(arguments: [
    "/languages/../apiConnectorConfiguration/postFederationSignup/$ref",
    "/languages/%2e%2e/apiConnectorConfiguration/postFederationSignup/$ref",
    "/languages%2F..%2FapiConnectorConfiguration/postFederationSignup/$ref",
    "/languages/%252e%252e/apiConnectorConfiguration/postFederationSignup/$ref",
    "/languages\\..\\apiConnectorConfiguration/postFederationSignup/$ref",
    "/languages/%5c..%5capiConnectorConfiguration",
    "/apiConnectorConfiguration/post%00FederationSignup/$ref", "/apiConnectorConfiguration/post.Federation/$ref",
  ])
  func aPathThatTwoServersCanReadDifferentlyIsRefused(path: String) async throws {
    try await withServer { server in
      let answer = try await server.send(.PUT, Self.flow + path, text: Self.reference)

      #expect(answer.status == 400, "\(answer.text)")
      #expect(server.fixture.directory.writes.isEmpty)
    }
  }

  /// Members of a flow with which a request could set references: the name, and its spelling in the JSON body.
  private static let members: [(name: String, json: String)] = [
    ("apiConnectorConfiguration@odata.bind", "apiConnectorConfiguration@odata.bind"),
    (
      "apiConnectorConfiguration/postFederationSignup@odata.bind",
      "apiConnectorConfiguration/postFederationSignup@odata.bind"
    ),
    (
      "ApiConnectorConfiguration/PostFederationSignup@odata.bind",
      "ApiConnectorConfiguration/PostFederationSignup@odata.bind"
    ),
    ("apiConnectorConfiguration.postFederationSignup", "apiConnectorConfiguration.postFederationSignup"),
    ("apiConnectorConfiguration@delta", "apiConnectorConfiguration@delta"),
    ("apiConnectorConfiguration@odata.context", "apiConnectorConfiguration@odata.context"),
    ("apiConnectorConfiguration#x", "apiConnectorConfiguration#x"),
    ("apiConnectorConfiguration ", "apiConnectorConfiguration "),
    (
      "microsoft.graph.b2cIdentityUserFlow/apiConnectorConfiguration",
      "microsoft.graph.b2cIdentityUserFlow/apiConnectorConfiguration"
    ),
    ("microsoft.graph.apiConnectorConfiguration@odata.bind", "microsoft.graph.apiConnectorConfiguration@odata.bind"),
    ("apiConnectorConfiguration/x@odata.bind", "\\u0061piConnectorConfiguration\\u002fx@odata.bind"),
  ]

  /// Bodies that contain the member with its correct name. Reflog accepts this member only in a request that creates a
  /// flow.
  private static let exactMembers = [
    ("apiConnectorConfiguration", "{\"apiConnectorConfiguration\":{\"postFederationSignup\":\(reference)}}"),
    ("APICONNECTORCONFIGURATION", "{\"APICONNECTORCONFIGURATION\":{\"postFederationSignup\":null}}"),
    ("apiConnectorConfiguration", "{\"apiConnectorConfiguration\":null}"),
    ("apiConnectorConfiguration", "{\"apiConnectorConfiguration\":\"x\"}"),
    ("apiConnectorConfiguration", "{\"apiConnectorConfiguration\":{\"@odata.id\":\"x\"}}"),
  ]

  @Test func everyMemberThatCouldChangeAReferenceIsRefused() async throws {
    let nested = (
      "apiConnectorConfiguration", "{\"id\":\"new\",\"languages\":[{\"x\":{\"apiConnectorConfiguration\":{}}}]}"
    )
    let members = Self.members.map { ($0.name, "{\"id\":\"new\",\"\($0.json)\":\"\(Self.url)\"}") } + [nested]
    let edits: [(HTTPMethod, String)] = [
      (.PATCH, Self.flow), (.PUT, Self.flow + "/languages/en"), (.POST, Self.flow + "/identityProviders/$ref"),
    ]
    let creations: [(HTTPMethod, String)] = [
      (.POST, "/beta/identity/b2cUserFlows"), (.POST, "/beta/identity/b2xUserFlows"),
    ]
    try await withServer { server in
      for (bodies, requests) in [(members, edits + creations), (Self.exactMembers, edits)] {
        for (name, body) in bodies {
          for (method, path) in requests {
            let answer = try await server.send(method, path, text: body)
            #expect(answer.status == 400, "\(method) \(path) \(body): \(answer.text)")
            #expect(answer.target == name, "\(method) \(path) \(body)")
            #expect(answer.message?.contains("apiConnectorConfiguration/{step}/$ref") == true)
          }
        }
      }
      #expect(server.fixture.directory.writes.isEmpty)
    }
  }

  /// The values of `apiConnectorConfiguration` in the body of a new flow.
  ///
  /// `target` is the name of the wrong member in the value. `target` is nil if the value is valid.
  private static let creations: [(configuration: String, target: String?)] = [
    ("{\"postFederationSignup\":\(reference)}", nil), ("{\"PostFederationSignup\":{\"Id\":\"abc\"}}", nil),
    (
      "{\"@odata.context\":\"x\",\"postFederationSignup@odata.context\":\"x\",\"postFederationSignup\":\(reference)}",
      nil
    ),
    ("{\"postFederationSignup@odata.bind\":\"\(url)\"}", "postFederationSignup@odata.bind"),
    ("{\"postFederationSignup/x\":\(reference)}", "postFederationSignup/x"),
    ("{\"postFederationSignup\":\"\(url)\"}", "postFederationSignup"),
    (
      "{\"postFederationSignup\":{\"displayName\":\"new\",\"targetUrl\":\"https://contoso.example\"}}",
      "postFederationSignup"
    ),
    ("{\"postFederationSignup\":{\"id\":\"abc\",\"displayName\":\"x\"}}", "postFederationSignup"),
    ("{\"postFederationSignup\":[\(reference)]}", "postFederationSignup"), ("[]", "apiConnectorConfiguration"),
  ]

  @Test func everyReferenceOfANewFlowIsRecordedOrRefused() async throws {
    for (configuration, target) in Self.creations {
      try await withServer { server in
        let body = "{\"id\":\"new\",\"ApiConnectorConfiguration\":\(configuration)}"
        let answer = try await server.send(.POST, "/beta/identity/b2cUserFlows", text: body, role: .operator)
        #expect((answer.headers.first(name: "Reflog-Change-Id") != nil) == (target == nil), "\(body): \(answer.text)")
        if let target {
          #expect(answer.status == 400, "\(body)")
          #expect(answer.target == target, "\(body)")
          #expect(server.fixture.directory.writes.isEmpty, "\(body)")
        }
      }
    }
  }

  @Test(arguments: ["X-HTTP-Method-Override", "x-http-method", "X-Method-Override"])
  func aHeaderThatOverridesTheMethodIsRefused(name: String) async throws {
    try await withServer { server in
      let requests: [(HTTPMethod, String)] = [
        (.PUT, Self.step + "/$ref"), (.GET, Self.configuration), (.POST, Self.flow + "/languages"), (.GET, Self.flow),
        (.PATCH, Self.flow), (.DELETE, Self.flow), (.GET, Self.flow + "/languages"),
      ]
      for (method, path) in requests {
        let body = method == .GET ? nil : method == .PUT ? Self.reference : "{}"
        let answer = try await server.send(method, path, text: body, role: .operator, headers: [name: "PUT"])
        #expect(answer.status == 400, "\(method) \(path): \(answer.text)")
        #expect(answer.message?.hasSuffix("is not supported.") == true)
      }
      #expect(server.fixture.directory.writes.isEmpty)
    }
  }
}
