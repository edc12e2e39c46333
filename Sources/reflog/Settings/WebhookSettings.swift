import Foundation
import ReflogWebhooks

/// The receivers of webhooks, in the file whose path is the value of the setting `webhooks`.
enum WebhookSettings {
  /// The maximum size in bytes of the file, and of a file with a secret.
  private static let maximumByteCount = 1 << 20

  /// Reads the file, or returns nil if the setting has no value.
  static func read(_ values: SettingValues) async throws -> WebhookFile? {
    guard let path = try await values.string(.webhooks) else { return nil }
    do {
      return try WebhookFile(path) { path throws(WebhookError) in try bytes(path) }
    } catch {
      throw CommandFailure(.usage, error.description)
    }
  }

  private static func bytes(_ path: String) throws(WebhookError) -> [UInt8] {
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: maximumByteCount + 1)
    else {
      throw .unreadable(path: path, problem: "it is missing, empty or not a file, or Reflog has no permission")
    }
    guard data.count <= maximumByteCount else { throw .unreadable(path: path, problem: "it is too large") }
    return Array(data)
  }
}
