import ReflogModel

/// The parts of a signed token: a JWT in compact form (RFC 7519 §3, RFC 7515 §3.1).
///
/// This type does not check the signature. Do not trust the parts until the signature has been checked.
struct SignedToken: Sendable {
  let header: JSONObject
  let claims: JSONObject

  /// The maximum length of a token in bytes.
  ///
  /// Entra's tokens are shorter, even if a token contains many groups. Reverse proxies accept headers of this length.
  private static let maximumLength = 12 * 1024

  /// Reads a token, or returns nil if the text is not a token.
  ///
  /// A token has three parts in base64url. Each of the first two parts contains a JSON object whose member names are
  /// unique.
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
