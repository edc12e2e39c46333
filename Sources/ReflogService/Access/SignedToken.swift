import ReflogModel

/// The parts of a signed token, which prove nothing: a JWT in compact form (RFC 7519 §3, RFC 7515 §3.1).
struct SignedToken: Sendable {
  let header: JSONObject
  let claims: JSONObject

  /// The longest accepted token: longer than any that Entra makes, group overage included, and shorter than what front
  /// ends refuse.
  private static let maximumLength = 12 * 1024

  /// Reads a token.
  ///
  /// Fails unless it has three parts of base64url, of which two each hold a JSON object with unique names.
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
