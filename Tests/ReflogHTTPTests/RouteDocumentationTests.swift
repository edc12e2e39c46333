import Foundation
import Hummingbird
import Testing

@testable import ReflogHTTP

struct RouteDocumentationTests {
  @Test func theHTTPReferenceListsEveryRoute() async throws {
    let article = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/ReflogHTTP/ReflogHTTP.docc/HTTPReference.md")
    let reference = try String(contentsOf: article, encoding: .utf8)
    let documented = reference.matches(of: /\| `([A-Z]+) (\/[^`]*)` \|/).map { "\($0.1) \($0.2)" }

    let routes = try await withAPI { api in
      api.buildRouter().routes.map { "\($0.method) \($0.path)".replacing("{version}", with: "{v}") }
    }

    // The server ignores the case of a path, so the test compares both sets in lower case.
    #expect(Set(documented.map { $0.lowercased() }) == Set(routes.map { $0.lowercased() }))
    #expect(documented.count == Set(documented).count)
  }
}
