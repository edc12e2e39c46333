import Foundation

/// Checks the URLs to which Reflog sends tokens and secrets, or from which it reads keys.
///
/// Such a URL must use https. A URL with a loopback host may use http.
enum SecureURL {
  private static let loopback = ["127.0.0.1", "localhost", "[::1]", "::1"]

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

  /// Returns the URL unchanged if it is secure, and throws if not.
  static func checked(_ setting: Setting, _ text: String) throws -> String {
    guard let url = URL(string: text), let host = url.host(), url.query() == nil, url.fragment() == nil,
      url.user() == nil, url.scheme == "https" || (url.scheme == "http" && loopback.contains(host))
    else {
      throw CommandFailure(
        .usage,
        "\(setting.variable) must be an https URL (http on loopback only) without user, query or fragment."
      )
    }
    return text
  }
}
