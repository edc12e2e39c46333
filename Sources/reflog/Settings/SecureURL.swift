import Foundation

/// A URL to which tokens and secrets go, or from which keys come: https, or http on this machine.
enum SecureURL {
  private static let loopback = ["127.0.0.1", "localhost", "[::1]", "::1"]

  /// A host and perhaps a port, without a slash at the end.
  static func base(_ setting: Setting, _ text: String) throws -> String {
    guard ["", "/"].contains(URL(string: try checked(setting, text))?.path() ?? "") else {
      throw CommandFailure(.usage, "\(setting.variable) is \(text), and must end behind the host: no version, no path.")
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  /// As it was given.
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
