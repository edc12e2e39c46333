import FoundationEssentials
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
    decoded(part).flatMap { try? JSONValue(parsing: $0).object }
  }

  /// Base64url without padding (RFC 4648 §5).
  private static func decoded(_ text: Substring) -> Data? {
    guard text.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || "-_".utf8.contains($0) }) else { return nil }
    let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: base64 + String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4))
  }
}
