import ReflogModel

/// A signed token taken apart, nothing of it proven: a JWT in compact form (RFC 7519 §3, RFC 7515 §3.1).
struct SignedToken: Sendable {
  let header: JSONObject
  let claims: JSONObject

  /// Longer than any token that Entra hands out, group overage included, and shorter than what front ends refuse unseen.
  private static let maximumLength = 12 * 1024

  /// Fails on anything but three parts of base64url of which two hold a JSON object each, names in it unique.
  init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard text.utf8.count <= Self.maximumLength, parts.count == 3, !parts[2].isEmpty,
      let header = Self.object(parts[0]), let claims = Self.object(parts[1])
    else { return nil }
    self.header = header
    self.claims = claims
  }

  private static func object(_ part: Substring) -> JSONObject? {
    [UInt8](base64URL: part).flatMap { try? JSONValue(parsing: $0).object }
  }
}
