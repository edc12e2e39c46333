import Foundation

/// Creates a folder, calls `body` with the folder's path, and removes the folder afterwards.
///
/// If too many other tests have a folder, this function first waits until a test ends; see ``ConcurrencyLimit``.
package func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
  try await ConcurrencyLimit.ofTests.run {
    let path = FileManager.default.temporaryDirectory.appending(path: "reflog-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
  }
}
