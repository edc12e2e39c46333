import ReflogModel
import Testing

@testable import ReflogHTTP

struct ReferenceBodyTests {
  private func reference(_ body: JSONObject) throws -> ConnectorReference {
    try ReferenceBody.reference(body, host: OwnHost(authority: "reflog.contoso.example:8443"))
  }

  @Test(arguments: [
    "https://graph.microsoft.com/beta/identity/apiConnectors/abc",
    "https://graph.microsoft.com/v1.0/identity/apiConnectors/abc",
    "https://graph.microsoft.com/v1/identity/apiConnectors/abc",
    "https://graph.microsoft.com:443/beta/identity/apiConnectors/abc",
    "https://GRAPH.microsoft.us/beta/identity/apiconnectors/abc",
    "https://dod-graph.microsoft.us/beta/identity/apiConnectors/abc",
    "https://microsoftgraph.chinacloudapi.cn/beta/identity/apiConnectors/abc",
    "https://graph.microsoft.com/beta//identity/apiConnectors/abc/",
    "https://graph.microsoft.com/beta/identity/apiConnectors('abc')",
    "http://reflog.contoso.example:8443/beta/identity/apiConnectors/abc",
    "https://Reflog.contoso.example:8443/v1.0/identity/apiConnectors/abc",
    "/beta/identity/apiConnectors/abc", "identity/apiConnectors/abc", "apiConnectors/abc", "/apiConnectors('abc')",
  ])
  func theConnectorIsTakenFromTheURL(url: String) throws {
    #expect(try reference(["@odata.id": .string(url)]).connectorID?.text == "abc")
  }

  @Test func anEmptyBodyOrANullURLDisablesTheStep() throws {
    #expect(try reference([:]) == .none)
    #expect(try reference(["@odata.id": .null]) == .none)
  }

  @Test(arguments: [
    "", "abc", "https://evil.example/beta/identity/apiConnectors/abc",
    "http://graph.microsoft.com/beta/identity/apiConnectors/abc",
    "https://graph.microsoft.com.evil.example/beta/identity/apiConnectors/abc",
    "https://user@graph.microsoft.com/beta/identity/apiConnectors/abc",
    "https://graph.microsoft.com/beta/identity/apiConnectors/a%62c",
    "https://graph.microsoft.com/beta/identity/apiConnectors/abc?x=1",
    "https://graph.microsoft.com/beta/identity/apiConnectors/abc#x",
    "https://graph.microsoft.com/beta/identity/apiConnectors/",
    "https://graph.microsoft.com/beta/identity/apiConnectors('')",
    "https://graph.microsoft.com/beta/identity/apiConnectors('a b')",
    "https://graph.microsoft.com/beta/identity/apiConnectors/abc/def",
    "https://graph.microsoft.com/beta/identity/b2cUserFlows/abc",
    "//graph.microsoft.com/beta/identity/apiConnectors/abc", "mailto:abc", "apiConnectors\\abc", "apiConnectors/ä",
    "https://reflog.contoso.example/beta/identity/apiConnectors/abc",
  ])
  func aURLThatDoesNotIdentifyAConnectorIsRefused(url: String) {
    #expect(throws: RequestError.self) { try reference(["@odata.id": .string(url)]) }
  }

  @Test func aReferenceBodyWithAnUnknownMemberOrTypeIsRefused() {
    #expect(throws: RequestError.self) { try reference(["@odata.id": .null, "more": .null]) }
    #expect(throws: RequestError.self) { try reference(["@odata.id": .number("1")]) }
  }
}
