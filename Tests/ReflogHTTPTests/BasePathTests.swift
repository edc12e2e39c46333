import ReflogModel
import Testing

@testable import ReflogHTTP

/// Tests of requests to a server with a base path.
struct BasePathTests {
  private static let host = OwnHost(authority: "host:80", basePath: "/reflog")

  @Test(arguments: [
    ("/reflog", "/"), ("/reflog/", "/"), ("/reflog/changes/1", "/changes/1"),
    ("/reflog/beta/identity/b2cUserFlows", "/beta/identity/b2cUserFlows"), ("/reflog/reflog", "/reflog"),
    ("/livez", "/livez"), ("/readyz", "/readyz"), ("/reflog/livez", "/livez"),
  ])
  func theBasePathIsRemoved(path: String, rest: String) throws {
    #expect(try BasePath.remove("/reflog", from: path) == rest)
  }

  @Test(arguments: ["/", "/changes/1", "/reflogs", "/reflogs/changes/1", "/REFLOG/", "/beta/reflog/status", "/livez/x"])
  func anotherPathIsNotFound(path: String) {
    #expect(throws: RequestError.self) { try BasePath.remove("/reflog", from: path) }
  }

  @Test(arguments: ["/", "/reflog/changes/1"])
  func withoutABasePathAPathIsNotChanged(path: String) throws {
    #expect(try BasePath.remove("", from: path) == path)
  }

  @Test(arguments: [
    "/reflog/beta/identity/apiConnectors/a", "http://host:80/reflog/beta/identity/apiConnectors/a",
    "http://host:80/beta/identity/apiConnectors/a", "https://graph.microsoft.com/beta/identity/apiConnectors/a",
  ])
  func aReferenceCanHaveTheBasePath(url: String) throws {
    #expect(try ReferenceBody.connectorID(of: url, host: Self.host).text == "a")
  }

  @Test(arguments: [
    "https://graph.microsoft.com/reflog/beta/identity/apiConnectors/a", "http://host:80/reflogs/apiConnectors/a",
  ])
  func aReferenceOfAnotherServerCanNotHaveTheBasePath(url: String) {
    #expect(throws: RequestError.self) {
      try ReferenceBody.connectorID(of: url, host: Self.host)
    }
  }

  @Test(arguments: [
    (false, "", "reflog_session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict"),
    (true, "", "__Host-reflog_session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"),
    (false, "/reflog", "reflog_session=x; Path=/reflog; Max-Age=60; HttpOnly; SameSite=Strict"),
    (true, "/reflog", "__Secure-reflog_session=x; Path=/reflog; Max-Age=60; HttpOnly; SameSite=Strict; Secure"),
  ])
  func aCookieIsSentBelowTheBasePathOnly(isSecure: Bool, basePath: String, setting: String) {
    let scope = CookieScope(isSecure: isSecure, basePath: basePath)

    #expect(scope.setting("reflog_session", to: "x", seconds: 60, .strict) == setting)
  }
}
