import JWTKit
package import ReflogModel

/// Judges the tokens of Entra that are made for Reflog.
///
/// What jwt-kit does not look at is looked at here before it sees a token: size, members that stand twice, the algorithm
/// (RS256 and no other), headers that would choose another key (`crit`, `jwk`, `jku`, `x5u`, `x5c`), and a `kid` among
/// the issuer's own keys (jwt-kit would fall back to the first one).
package struct EntraTokens: Sendable {
  /// How far the clocks of Entra and of this machine may differ.
  private static let tolerance = Duration.seconds(60)
  private static let hostileHeaders = ["crit", "jwk", "jku", "x5u", "x5c"]

  private let settings: EntraSettings
  private let keys: EntraKeys
  private let clock: WallClock

  package init(settings: EntraSettings, keys: EntraKeys, clock: @escaping WallClock) {
    self.settings = settings
    self.keys = keys
    self.clock = clock
  }

  /// Whoever a good token proves. Throws a ``TokenRejection`` where it is none, for the log alone, or
  /// ``EntraKeys/Unavailable``.
  func claims(of text: String) async throws -> TokenClaims {
    guard let token = SignedToken(text) else { throw TokenRejection("it is no signed token") }
    guard token.header["alg"] == "RS256" else { throw TokenRejection("its algorithm is not RS256") }
    if let name = Self.hostileHeaders.first(where: { token.header[$0] != nil }) {
      throw TokenRejection("its header holds \(name)")
    }
    guard let keyID = token.header["kid"]?.string, (1...256).contains(keyID.utf8.count) else {
      throw TokenRejection("it names no key")
    }
    try check(token.claims)
    guard let key = try await keys.key(keyID) else { throw TokenRejection("its key is none of the issuer's") }
    do {
      _ = try await key.verify(text, as: AnyPayload.self)
    } catch {
      throw TokenRejection("its signature is wrong")
    }
    guard let claims = TokenClaims(token.claims) else { throw TokenRejection("it has no oid or tid") }
    guard claims.isForAccess else { throw TokenRejection("it is no access token") }
    return claims
  }

  /// Whether the tenant is the one that Reflog records.
  func isOwnTenant(_ tenantID: String) -> Bool {
    settings.tenantID.map { $0.asciiFolded == tenantID.asciiFolded } ?? true
  }

  private func check(_ claims: JSONObject) throws(TokenRejection) {
    guard claims["iss"]?.string == settings.issuer else { throw TokenRejection("it is of another issuer") }
    let audiences = claims["aud"]?.array?.compactMap(\.string) ?? [claims["aud"]?.string].compactMap { $0 }
    guard audiences.contains(settings.audience) else { throw TokenRejection("it is for somebody else") }
    guard let expiry = claims["exp"].flatMap(Self.moment) else { throw TokenRejection("it never expires") }
    let now = clock()
    guard now.since(expiry) < Self.tolerance else { throw TokenRejection("it has expired") }
    if let start = claims["nbf"] {
      guard let start = Self.moment(start), start.since(now) < Self.tolerance else {
        throw TokenRejection("it is not valid yet")
      }
    }
  }

  /// A NumericDate (RFC 7519 §2).
  private static func moment(_ value: JSONValue) -> Timestamp? {
    guard case .number(let text) = value, let seconds = Double(text), (0...253_402_300_799).contains(seconds) else {
      return nil
    }
    return Timestamp(microseconds: Int64(seconds * 1_000_000))
  }

  /// What was signed is read from the token itself.
  private struct AnyPayload: JWTPayload {
    func verify(using algorithm: some JWTAlgorithm) throws {}
  }
}

/// Why a token proves nobody. For the log: whoever sent it is not told.
struct TokenRejection: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
