@testable import ReflogHTTP
import ReflogModel
import Testing

/// Tests that links in Microsoft Graph's answers are rewritten to links to this server.
struct LinkRewritingTests {
  private let links = LinkRewriting(from: "https://graph.microsoft.com", to: "http://reflog:8080")

  @Test func linksPointToThisServer() throws {
    let body: JSONObject = [
      "@odata.nextLink": "https://graph.microsoft.com/beta/identity/apiConnectors?$skiptoken=x",
      "value": .array([
        .object(["languages@odata.context": "HTTPS://graph.microsoft.com/beta/$metadata#x", "n": .number("1.50")])
      ]),
    ]

    let rewritten = try links.rewritten(body)

    #expect(rewritten["@odata.nextLink"] == "http://reflog:8080/beta/identity/apiConnectors?$skiptoken=x")
    let entry = rewritten["value"]?.array?.first?.object
    #expect(entry?["languages@odata.context"] == "http://reflog:8080/beta/$metadata#x")
    #expect(entry?["n"] == .number("1.50"))
  }

  @Test func aTextThatIsNotALinkIsUnchanged() throws {
    let body: JSONObject = ["targetUrl": "https://graph.microsoft.com/x", "@odata.type": "#microsoft.graph.x"]

    let rewritten = try links.rewritten(body)

    #expect(rewritten == body)
  }

  @Test(arguments: [
    "https://evil.example/beta", "https://graph.microsoft.com.evil.example/", "https://graph.microsoft.com@evil/",
    "//evil/",
  ])
  func aLinkToAnotherHostIsRefused(link: String) {
    #expect(throws: (any Error).self) { try links.rewritten(["@odata.nextLink": .string(link)]) }
  }
}
