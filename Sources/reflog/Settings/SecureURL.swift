import Foundation
import ReflogModel

/// Checks the settings that contain a URL to which Reflog sends secrets, or from which Reflog reads keys.
enum SecureURL {
  /// Returns a URL that has only a host and an optional port, without a slash at the end.
  static func base(_ setting: Setting, _ text: String) throws -> String {
    guard ["", "/"].contains(URL(string: try checked(setting, text))?.path() ?? "") else {
      throw CommandFailure(
        .usage,
        "\(setting.variable) is \(text), but must end after the host. Remove the version and the path."
      )
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// Returns the unchanged URL, or throws a failure if Reflog must not send a secret to the URL.
  static func checked(_ setting: Setting, _ text: String) throws -> String {
    guard SecretDestination.accepts(text), !text.contains(where: { $0 == "?" || $0 == "#" }) else {
      throw CommandFailure(
        .usage,
        "\(setting.variable) must be an https URL (http on loopback only) without user, query or fragment."
      )
    }
    return text
  }
}
