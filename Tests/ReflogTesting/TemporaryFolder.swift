import Foundation

/// Creates a folder, calls `body` with its path, and removes the folder afterwards.
///
/// Waits until few enough other tests have a folder; see ``ConcurrencyLimit``.
package func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
  try await ConcurrencyLimit.ofTests.run {
    let path = FileManager.default.temporaryDirectory.appending(path: "reflog-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
  }
}
