import Foundation
import Hummingbird
import Testing

@testable import ReflogHTTP

struct RouteDocumentationTests {
  @Test func theREADMEListsEveryRouteThatThereIs() async throws {
    let readme = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../README.md"),
      encoding: .utf8
    )
    let documented = readme.matches(of: /\| `([A-Z]+) (\/[^`]*)` \|/).map { "\($0.1) \($0.2)" }

    let routes = try await withAPI { api in
      api.buildRouter().routes.map { "\($0.method) \($0.path)".replacing("{version}", with: "{v}") }
    }

    // A router that ignores case gives its literals in small letters.
    #expect(Set(documented.map { $0.lowercased() }) == Set(routes.map { $0.lowercased() }))
    #expect(documented.count == Set(documented).count)
  }
}
