import JWTKit
package import ReflogModel

/// Checks tokens that Entra issued for Reflog.
///
/// This type makes several checks before it calls jwt-kit, because jwt-kit does not make these checks. For example, if
/// a token has an unknown `kid`, jwt-kit uses the first key. The checks are:
///
/// - The token is not too long, and no member occurs twice.
/// - The algorithm is RS256.
/// - The header contains no member that could choose another key: `crit`, `jwk`, `jku`, `x5u` or `x5c`.
/// - The `kid` identifies one of the issuer's keys.
package struct EntraTokens: Sendable {
  /// The accepted difference between Entra's clock and this machine's clock.
  private static let tolerance = Duration.seconds(60)
  private static let hostileHeaders = ["crit", "jwk", "jku", "x5u", "x5c"]

  private let settings: EntraSettings
  private let keys: EntraKeys
  private let clock: WallClock

  /// Creates a check that uses these settings and keys.
  package init(settings: EntraSettings, keys: EntraKeys, clock: @escaping WallClock) {
    self.settings = settings
    self.keys = keys
    self.clock = clock
  }

  /// Returns the claims of a valid access token.
  ///
  /// - Throws: A ``TokenRejection`` if the token is not valid, or ``EntraKeys/Unavailable`` if the issuer's keys are
  ///   not available.
  func claims(of text: String) async throws -> TokenClaims {
    let claims = try await verifiedClaims(of: text, for: settings.audience)
    guard let claims = TokenClaims(claims) else { throw TokenRejection("it has no oid or tid") }
    guard claims.isForAccess else { throw TokenRejection("it is not an access token") }
    return claims
  }

  /// Checks an ID token (OpenID Connect Core 1.0 §3.1.3.7).
  ///
  /// The ID token is checked like an access token. In addition, its only audience must be the client that began the
  /// sign-in, and the ID token must contain the nonce of the sign-in.
  ///
  /// - Throws: A ``TokenRejection`` if the token is not valid, or ``EntraKeys/Unavailable`` if the issuer's keys are
  ///   not available.
  func checkIdentity(_ text: String, for clientID: String, nonce: String) async throws {
    let claims = try await verifiedClaims(of: text, for: clientID)
    guard claims["aud"]?.array?.count ?? 1 == 1, claims["azp"].map({ $0.string == clientID }) ?? true else {
      throw TokenRejection("it is for another audience")
    }
    guard claims["nonce"]?.string == nonce else { throw TokenRejection("it belongs to another sign-in") }
    guard let tenantID = claims["tid"]?.string, isOwnTenant(tenantID) else {
      throw TokenRejection("it is from another tenant")
    }
  }

  /// Checks the header, the claims and the signature of a token, and returns the claims.
  private func verifiedClaims(of text: String, for audience: String) async throws -> JSONObject {
    guard let token = SignedToken(text) else { throw TokenRejection("it is not a signed token") }
    guard token.header["alg"] == "RS256" else { throw TokenRejection("its algorithm is not RS256") }
    if let name = Self.hostileHeaders.first(where: { token.header[$0] != nil }) {
      throw TokenRejection("its header contains \(name)")
    }
    guard let keyID = token.header["kid"]?.string, (1...256).contains(keyID.utf8.count) else {
      throw TokenRejection("it has no key id")
    }
    try check(token.claims, for: audience)
    guard let key = try await keys.key(keyID) else {
      throw TokenRejection("the issuer has no key with the token's key id")
    }
    do {
      _ = try await key.verify(text, as: AnyPayload.self)
    } catch {
      throw TokenRejection("its signature is wrong")
    }
    return token.claims
  }

  /// Whether tokens from this tenant are accepted.
  func isOwnTenant(_ tenantID: String) -> Bool {
    settings.tenantID.map { $0.asciiFolded == tenantID.asciiFolded } ?? true
  }

  private func check(_ claims: JSONObject, for audience: String) throws(TokenRejection) {
    guard claims["iss"]?.string == settings.issuer else { throw TokenRejection("it is from another issuer") }
    let audiences = claims["aud"]?.array?.compactMap(\.string) ?? [claims["aud"]?.string].compactMap { $0 }
    guard audiences.contains(audience) else { throw TokenRejection("it is for another audience") }
    guard let expiry = claims["exp"].flatMap(Self.moment) else { throw TokenRejection("it has no expiry") }
    let now = clock()
    guard now.since(expiry) < Self.tolerance else { throw TokenRejection("it has expired") }
    if let start = claims["nbf"] {
      guard let start = Self.moment(start), start.since(now) < Self.tolerance else {
        throw TokenRejection("it is not valid yet")
      }
    }
  }

  /// Reads a NumericDate (RFC 7519 §2).
  private static func moment(_ value: JSONValue) -> Timestamp? {
    guard case .number(let text) = value, let seconds = Double(text), (0...253_402_300_799).contains(seconds) else {
      return nil
    }
    return Timestamp(microseconds: Int64(seconds * 1_000_000))
  }

  /// An empty payload for jwt-kit; the claims are read from the token's text instead.
  private struct AnyPayload: JWTPayload {
    func verify(using algorithm: some JWTAlgorithm) throws {}
  }
}

/// The reason why a token is not valid.
///
/// The reason is written only to the service's log, so the caller does not see the reason.
struct TokenRejection: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
