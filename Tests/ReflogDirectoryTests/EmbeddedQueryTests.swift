import ReflogDirectory
import ReflogModel
import ReflogTesting
import Testing

/// Tests that the embedded directory supports the same query options and the same parts of flows as Microsoft Graph.
struct EmbeddedQueryTests {
  private static let flow = FlowID("B2C_1_signup").map { DirectoryRead.Resource.flow(.b2cUserFlows, $0) }

  /// Returns the options in the query of a URL.
  private static func options(_ query: String) -> [QueryItem] { QueryItem.items(ofURL: "?" + query) }

  private static func names(_ response: DirectoryResponse, _ member: String = "displayName") -> [String] {
    (response.body?["value"]?.array ?? []).compactMap { $0.object?[member]?.string }
  }

  private static let sorted = [
    "Fraud check", "Fraud check (new vendor)", "Invitation codes", "Loyalty enrolment", "Partner approval",
  ]

  @Test(arguments: [
    ("", sorted), ("$top=2", Array(sorted[..<2])), ("$skip=3", Array(sorted[3...])),
    ("$skip=1&$top=2", Array(sorted[1...2])),
    ("$filter=displayName eq 'Loyalty enrolment'", ["Loyalty enrolment"]),
    ("filter=startswith(displayName,'Fraud')", Array(sorted[..<2])),
    ("$filter=contains(targetUrl,'contoso') and displayName ne 'Fraud check'", Array(sorted[2...])), ("$skip=9", []),
    ("$filter=id in ('3F1C7A52-8D0E-4B4F-9C57-5B1F0A6D2E01')", ["Fraud check"]),
    ("%24orderby=displayName desc&top=1", ["Partner approval"]),
    ("$orderby=displayName asc, id", sorted), ("$filter=displayName eq null", []), ("$select=displayName", sorted),
    ("$count=true&$top=1", ["Fraud check"]), ("$select=*&$TOP=1", ["Fraud check"]),
  ])
  func aListSupportsTheQueryOptionsOfMicrosoftGraph(query: String, expected: [String]) async throws {
    try await withEmbeddedDirectory { directory in
      let response = try await directory.read(DirectoryRead(.connectors, query: Self.options(query)))

      #expect(Self.names(response) == expected)
      #expect(response.body?["@odata.count"] == (query.contains("$count") ? .integer(5) : nil))
    }
  }

  @Test func aPageLinksToTheNextPageUntilAllObjectsWereRead() async throws {
    try await withEmbeddedDirectory { directory in
      var (query, seen, pages) = ("$top=2&$select=displayName&$filter=id ne 'x'", [String](), 0)
      while true {
        let response = try await directory.read(DirectoryRead(.connectors, version: .v1, query: Self.options(query)))
        seen += Self.names(response)
        pages += 1
        guard let link = response.body?["@odata.nextLink"]?.string else { break }
        let base = try #require(response.linkBase)
        #expect(link.hasPrefix(base + "/v1.0/identity/apiConnectors?"))
        query = String(link.split(separator: "?")[1])
      }

      #expect(seen == Self.sorted)
      #expect(pages == 3)
    }
  }

  @Test(arguments: [
    ("/apiConnectors/$count", "", "5"), ("/b2cUserFlows/$count", "", "4"), ("/b2xUserFlows/$COUNT", "", "1"),
    ("/apiConnectors/$count", "$filter=startswith(displayName,'Fraud')", "2"),
    ("/b2cUserFlows/$count", "$filter=userFlowType eq 'signUp'", "1"),
    ("/b2cUserFlows/B2C_1_signup/languages/$count", "", "1"),
    ("/b2cUserFlows/B2C_1_signup/userAttributeAssignments/$count", "", "0"),
  ])
  func aCountIsReturnedAsPlainText(path: String, query: String, expected: String) async throws {
    try await withEmbeddedDirectory { directory in
      let response = try await directory.read(DirectoryRead(.other(path: path), query: Self.options(query)))

      #expect(response.raw.map { String(decoding: $0.bytes, as: UTF8.self) } == expected)
      #expect(response.raw?.contentType == "text/plain")
    }
  }

  @Test func anObjectHasTheSelectedAndTheExpandedProperties() async throws {
    try await withEmbeddedDirectory { directory in
      let flow = try #require(Self.flow)
      let selected = try await directory.read(DirectoryRead(flow, query: Self.options("$select=id,userFlowType")))
      let expanded = try await directory.read(
        DirectoryRead(flow, query: Self.options("$expand=identityProviders,languages&$select=id"))
      )
      let list = try await directory.read(
        DirectoryRead(.flows(.b2cUserFlows), query: Self.options("$expand=userFlowIdentityProviders"))
      )

      #expect(selected.body == ["id": "B2C_1_signup", "userFlowType": "signUp"])
      #expect(selected.contextFragment == "identity/b2cUserFlows(id,userFlowType)/$entity")
      #expect(expanded.body?.members.map(\.name) == ["id", "identityProviders", "languages"])
      let providers = list.body?["value"]?.array?[0].object?["userFlowIdentityProviders"]?.array
      #expect(providers?.first?.object?["id"] == "EmailPassword-OAUTH")
    }
  }

  @Test(arguments: [
    (DirectoryRead.Resource.connectors, "$search=x"), (.connectors, "$apply=x"), (.connectors, "colour=x"),
    (.connectors, "$top=0"),
    (.connectors, "$top=x"), (.connectors, "$skip=-1"), (.connectors, "$count=maybe"), (.connectors, "$top=1&top=2"),
    (.connectors, "$select=colour"), (.connectors, "$select=id,,displayName"), (.connectors, "$orderby=colour"),
    (.connectors, "$orderby=id up"), (.connectors, "$filter=colour eq 'x'"),
    (.connectors, "$filter=userFlowType eq 'x'"),
    (.connectors, "$filter=id eq"), (.connectors, "$expand=languages"),
    (.flows(.b2xUserFlows), "$select=defaultLanguageTag"),
    (.flows(.b2cUserFlows), "$expand=apiConnectors"), (.other(path: "/apiConnectors/$count"), "$top=1"),
    (.other(path: "/b2cUserFlows/B2C_1_signup/languages/en"), "$top=1"),
    (.other(path: "/b2cUserFlows/B2C_1_signup/nothing"), ""),
    (.other(path: "/b2cUserFlows/B2C_1_signup/languages/en/pages"), ""), (.other(path: "/other/$count"), ""),
  ])
  func everyUnsupportedOptionOrPathIsRefused(resource: DirectoryRead.Resource, query: String) async throws {
    try await withEmbeddedDirectory { directory in
      let error = await #expect(throws: DirectoryFailure.self) {
        try await directory.read(DirectoryRead(resource, query: Self.options(query)))
      }
      guard case .refused(let refusal) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(refusal.httpStatus == 400)
      #expect(refusal.code == "BadRequest")
    }
  }

  private func write(
    _ method: DirectoryWrite.Method,
    _ path: String,
    _ body: String = "",
    _ directory: EmbeddedDirectory
  ) async -> Int {
    let write = DirectoryWrite.other(
      .init(
        method: method,
        version: .beta,
        path: "/b2cUserFlows/B2C_1_signup/" + path,
        query: [],
        contentType: "application/json",
        body: Array(body.utf8)
      )
    )
    switch await directory.write(write, correlationID: "correlation") {
    case .applied(let response): return response.httpStatus
    case .refused(let refusal): return refusal.httpStatus
    case .notSent, .unknown: return 0
    }
  }

  @Test func thePartsOfAFlowCanBeWritten() async throws {
    try await withEmbeddedDirectory { directory in
      let google = #"{"@odata.id":"https://graph.microsoft.com/beta/identityProviders/Google-OAUTH"}"#
      let attribute = #"{"id":"city","displayName":"City","isOptional":true}"#
      let requests: [(DirectoryWrite.Method, String, String, Int)] = [
        (.post, "identityProviders/$ref", google, 204), (.post, "userFlowIdentityProviders/$ref", google, 409),
        (.put, "languages/de", #"{"id":"de","isEnabled":true}"#, 201),
        (.put, "languages/DE", #"{"isEnabled":false}"#, 204),
        (.post, "userAttributeAssignments", attribute, 201),
        (.patch, "userAttributeAssignments/city", #"{"isOptional":false}"#, 204),
        (.patch, "identityProviders/Google-OAUTH", #"{"clientSecret":"canary"}"#, 204),
        (.delete, "languages/en", "", 204),
        (.delete, "languages/en", "", 404), (.patch, "languages/fr", "{}", 404), (.post, "languages", "x", 400),
        (.post, "languages/en/x", "{}", 400), (.delete, "identityProviders/EmailPassword-OAUTH/$ref", "", 204),
      ]
      for (method, path, body, status) in requests {
        #expect(await write(method, path, body, directory) == status, "\(method) \(path)")
      }

      func ids(_ part: String) async throws -> [String] {
        let path = "/b2cUserFlows/B2C_1_signup/" + part
        return Self.names(try await directory.read(DirectoryRead(.other(path: path))), "id")
      }
      #expect(try await ids("languages") == ["de"])
      #expect(try await ids("userFlowIdentityProviders") == ["Google-OAUTH"])
      #expect(try await ids("userAttributeAssignments") == ["city"])
      let path = "/b2cUserFlows/B2C_1_signup/identityProviders/google-oauth"
      let provider = try await directory.read(DirectoryRead(.other(path: path)))
      #expect(provider.body == ["id": "Google-OAUTH", "clientSecret": "*******"])
    }
  }

  @Test func anUploadedCertificateIsAddedWithItsThumbprint() async throws {
    try await withEmbeddedDirectory { directory in
      let id = try #require(Sample.fraudCheck.connectorID)
      func authentications() async throws -> [String?] {
        let list = try await directory.read(DirectoryRead(.connector(id))).body?["authenticationConfiguration"]?.object
        return (list?["certificateList"]?.array ?? []).map { $0.object?["thumbprint"]?.string }
      }
      for pkcs12 in ["QUFB", "QkJC", "QUFB"] {
        let body: JSONObject = ["pkcs12Value": .string(pkcs12), "password": ""]
        _ = await directory.write(.uploadCertificate(id, body), correlationID: "correlation")
      }
      let uploaded = try await authentications()
      let read = try await directory.read(DirectoryRead(.connector(id))).body ?? [:]
      let sentBack = await directory.write(.updateConnector(id, read), correlationID: "correlation")
      let kept = try await authentications()
      let replacing: JSONObject = [
        "@odata.type": "#microsoft.graph.pkcs12Certificate", "pkcs12Value": "Q0ND", "password": "",
      ]
      _ = await directory.write(
        .updateConnector(id, ["authenticationConfiguration": .object(replacing)]),
        correlationID: "correlation"
      )

      // The commands `printf QkJC | sha1sum` and `printf QUFB | sha1sum` print these thumbprints.
      #expect(uploaded == ["E4A5E69F44F824EBCCAE56D5AAB67C5DE9F14697", "5C3B84B1BB0651A4571BBFA7D973BC1E430D1711"])
      guard case .applied = sentBack else {
        Issue.record("\(sentBack)")
        return
      }
      #expect(kept == uploaded)
      #expect(try await authentications().count == 1)
    }
  }
}
