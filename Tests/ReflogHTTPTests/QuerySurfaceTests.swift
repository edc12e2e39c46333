import HTTPTypes
import Hummingbird
import NIOHTTP1
import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogHTTP

/// Tests that every route refuses the query options that it does not support.
struct QuerySurfaceTests {
  /// The routes that accept every query.
  ///
  /// Health probes and requests for assets can contain any query. The pages for signing in accept any query, because
  /// these pages show no data.
  private static let open: Set<String> = [
    "/livez", "/readyz", "/assets/reflog.css", "/assets/reflog.js", "/assets/verify_log.py", "/favicon.ico",
    "/sign-in", "/sign-out",
  ]
  private static let values = [
    "version": "beta", "flowtype": "b2cUserFlows", "flow": "B2C_1_signup", "step": "postFederationSignup",
    "connector": "abc", "change": "1", "batch": "0f1e2d3c-4b5a-4697-8877-665544332211", "manifest": "abc", "id": "abc",
    "token": "abc", "name": "abc",
  ]

  /// Returns the path of a route with a value for each parameter. Returns nil if the route accepts every query, or if
  /// the directory checks the query.
  private static func path(of route: String) -> String? {
    let isOfDirectory = route.contains("/identity/") && !route.hasSuffix("/$ref")
    guard !open.contains(route), !isOfDirectory else { return nil }
    return route.split(separator: "/").map { segment in
      segment == "**"
        ? "0/000" : segment.hasPrefix("{") ? values[segment.dropFirst().dropLast().lowercased()] ?? "1" : "\(segment)"
    }.reduce("") { $0 + "/" + $1 }
  }

  private static func isRefused(_ answer: LiveServer.Answer, _ isPage: Bool) -> Bool {
    let text = isPage ? answer.text : answer.message ?? ""
    let isNamed = ["query option", "a value without a name", "There is no filter named", "behind must be"].contains {
      text.contains($0)
    }
    // The timeline and the export page answer with 200, and show the error in the form on the page.
    return isNamed && (answer.status == 400 || isPage && answer.status == 200)
  }

  @Test func everyRouteRefusesAnOptionThatItDoesNotHave() async throws {
    let routes = try await withAPI { api in api.buildRouter().routes.map { ($0.method, "\($0.path)") } }
    try await withServer { server in
      let session = try await server.signIn(as: .operator)
      var tried = 0
      for (method, route) in routes {
        guard let path = Self.path(of: route.hasPrefix("/") ? route : "/" + route) else { continue }
        let isPage =
          !path.hasPrefix("/beta/") && !["/metrics", "/checkpoint", "/tile/0/000", "/openapi.json"].contains(path)
        guard !isPage || method == .get || method == .head else { continue }
        for query in ["?=id%20eq%201", "?$filtr=id%20eq%201", "?%24skip=1", "?&&$search=x"] {
          let answer = try await server.send(
            HTTPMethod(rawValue: method.rawValue),
            path + query,
            text: method == .get || method == .head ? nil : "{}",
            role: path.contains("/reflog/") ? .admin : .operator,
            headers: isPage ? ["cookie": session] : [:]
          )
          tried += 1
          #expect(
            Self.isRefused(answer, isPage) || method == .head,
            "\(method) \(path + query): \(answer.status) \(answer.text.prefix(150))"
          )
        }
      }
      #expect(tried > 100)
      #expect(server.fixture.directory.writes.isEmpty)
    }
  }
}
