import Foundation
import ReflogTesting
import Testing

/// Checks that the tests contain every text for callers and operators, in a table of messages or in ``OtherTexts``.
///
/// The texts of the pages and of the command line are not checked here, because other tests compare these texts with
/// tables. The OpenAPI description is not checked here, because another test compares the description with the routes.
struct EveryTextTests {
  private static let targets = [
    "ReflogDirectory", "ReflogEvidence", "ReflogFormats", "ReflogHTTP", "ReflogModel", "ReflogService",
    "ReflogWebhooks",
  ]
  private static let foldersWithOwnTests = [
    "ReflogEvidence/SummaryPage.swift", "ReflogHTTP/OpenAPI/", "ReflogHTTP/Pages/",
  ]

  /// The strings that contain a space, but that no user sees as a text.
  private static let hidden: Set = [
    "# HELP {} {}\n", "# TYPE {} {}\n", "text/plain; version=0.0.4; charset=utf-8",
    "application/cloudevents+json; charset=utf-8", "application/json; charset=utf-8",
    "application/jsonl; charset=utf-8", "text/x-python; charset=utf-8",
    #"attachment; filename="{}"; filename*=UTF-8''{}"#, "default-src 'none'; frame-ancestors 'none'",
    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", "openid profile {}/.default", "reflog export 1", "reflog evidence 1",
    "the signing key of {}",
    "Local account",
    "id, connector_id, display_name, target_url, authentication",
    "id, flow_id, user_flow_type, user_flow_type_version, is_language_customization_enabled, default_language_tag",
  ]

  private static func texts() throws -> [String: [String]] {
    var texts: [String: [String]] = [:]
    for target in targets {
      for (path, found) in try SourceTexts.inSwiftFiles(of: "Sources/" + target, except: hidden) {
        texts["\(target)/\(path)"] = found.filter { $0.contains(" ") && !isSQL($0) }
      }
    }
    return texts.filter { file, _ in !foldersWithOwnTests.contains { file.hasPrefix($0) } }
  }

  private static func isSQL(_ string: String) -> Bool { string.contains(/^\s*(SELECT|INSERT|UPDATE|DELETE)\b/) }

  @Test func everyMessageInTheSourcesIsInATest() throws {
    let tested = Data(try SourceTexts.sentences(inSwiftFilesOf: "Tests").joined(separator: "\n").utf8)
    for (file, texts) in try Self.texts() {
      for text in texts {
        // The messages in the tests have real values in place of `{}`. So only the parts between the values are
        // compared.
        let parts = text.split(separator: "{}").filter { $0.contains(/[A-Za-z]{2}/) }
        let isTested = parts.allSatisfy { tested.range(of: Data($0.utf8)) != nil }
        #expect(isTested, "Add a test or a row with this text of \(file): \(text)")
      }
    }
  }

  @Test func everyTextInTheTableExists() throws {
    let texts = try Self.texts()
    for (file, expected) in OtherTexts.all {
      #expect(Set(expected).subtracting(texts[file] ?? []) == [], "These texts of \(file) do not exist.")
    }
  }
}
