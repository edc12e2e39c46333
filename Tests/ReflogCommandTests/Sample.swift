import Foundation

/// Settings and files for tests of settings.
enum Sample {
  /// The variables of a server that uses Microsoft Graph and has no credential for Microsoft Graph.
  static let graph = [
    "REFLOG_DIRECTORY": "graph", "REFLOG_GRAPH_TENANT": "5d4c3b2a-1f0e-4d9c-8b7a-6f5e4d3c2b1a",
    "REFLOG_AUTH_MODE": "passthrough",
  ]

  /// Calls a closure with the path of a file that contains a text, and then deletes the file.
  static func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "reflog-settings-\(UUID()).json")
    try text.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    try await body(file.path())
  }
}
