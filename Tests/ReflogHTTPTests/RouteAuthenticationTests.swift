import NIOHTTP1
import Testing

@testable import ReflogHTTP

/// Tests that no route can be reached without its middleware.
struct RouteAuthenticationTests {
  /// The routes that need no credential.
  private static let open: Set<String> = [
    "/livez", "/readyz", "/openapi.json", "/checkpoint", "/tile/**", "/favicon.ico", "/assets/reflog.css",
    "/assets/reflog.js", "/assets/verify_log.py", "/sign-in", "/sign-out",
  ]

  private static func path(of route: String) -> String {
    let segments = route.split(separator: "/").map { segment in
      segment == "{version}" ? "beta" : segment == "**" || segment.first == "{" ? "1" : "\(segment)"
    }
    return "/" + segments.joined(separator: "/")
  }

  @Test func everyOtherRouteNeedsACredential() async throws {
    let routes = try await withAPI { api in api.buildRouter().routes.map { ("\($0.method)", $0.path) } }
    #expect(Self.open.subtracting(routes.map(\.1)) == [], "These routes do not exist.")
    try await withServer { server in
      for (method, route) in routes where !Self.open.contains(route) {
        let path = Self.path(of: route).uppercased()
        let answer = try await server.send(HTTPMethod(rawValue: method), path, headers: [:])
        // The client follows the redirect of a page to the page for signing in.
        #expect(
          answer.status == 401 || answer.text.contains("action=\"/sign-in\""),
          "\(method) \(path): \(answer.status)"
        )
      }
    }
  }

  @Test func theAnswerToHEADHasTheLengthOfTheBodyButNoBody() async throws {
    try await withServer { server in
      let get = try await server.send(.GET, "/livez", headers: [:])
      let head = try await server.send(.HEAD, "/livez", headers: [:])

      #expect(head.status == 200)
      #expect(head.headers["content-length"] == get.headers["content-length"])
      #expect(head.text.isEmpty)
    }
  }
}
