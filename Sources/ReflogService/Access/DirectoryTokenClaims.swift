import FoundationEssentials
import ReflogModel

/// What a Microsoft Graph access token says of its bearer.
///
/// Nobody but Graph can judge such a token (its format is proprietary), so nothing of this is proven until Graph has
/// answered a request that carried it with anything but 401. Claims: Microsoft identity platform, access token claims
/// reference.
struct DirectoryTokenClaims: Sendable {
  /// The tenant's GUID (`tid`).
  let tenantID: String
  private let claims: JSONObject
  private let objectID: String

  /// Longer than any token that Entra hands out, group overage included.
  private static let maximumLength = 16 * 1024
  /// Longer than any name that Entra lets somebody have.
  private static let maximumClaimLength = 512

  /// Reads the payload of a JWT (RFC 7519 §3); fails on anything else, and where `tid` or `oid` is missing.
  init?(_ token: String) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard token.utf8.count <= Self.maximumLength, parts.count == 3, let payload = Self.decoded(parts[1]),
      let claims = try? JSONValue(parsing: payload).object
    else { return nil }
    self.claims = claims
    guard let tenantID = Self.text(claims["tid"]), let objectID = Self.text(claims["oid"]) else { return nil }
    self.tenantID = tenantID
    self.objectID = objectID
  }

  func actor(ipAddress: String?) -> Change.Actor {
    let isApp = claims["idtyp"]?.string == "app" || (claims["scp"] == nil && claims["roles"] != nil)
    return Change.Actor(
      type: isApp ? .app : .user,
      id: objectID,
      name: first(of: isApp ? ["app_displayname"] : ["name"]),
      userPrincipalName: isApp ? nil : first(of: ["upn", "preferred_username", "unique_name"]),
      clientAppID: first(of: ["appid", "azp"]),
      ipAddress: ipAddress,
      proof: .graph
    )
  }

  private func first(of names: [String]) -> String? {
    names.lazy.compactMap { Self.text(claims[$0]) }.first
  }

  private static func text(_ value: JSONValue?) -> String? {
    value?.string.flatMap { (1...maximumClaimLength).contains($0.utf8.count) && !$0.utf8.contains(0) ? $0 : nil }
  }

  /// Base64url without padding (RFC 4648 §5).
  private static func decoded(_ text: Substring) -> Data? {
    let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: base64 + String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4))
  }
}
