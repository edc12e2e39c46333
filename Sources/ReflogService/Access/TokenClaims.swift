import ReflogModel

/// The claims about the bearer in an Entra token.
///
/// The claims are defined in the access token claims reference of the Microsoft identity platform. This type reads the
/// claims, but does not check the claims.
struct TokenClaims: Sendable {
  /// The tenant's GUID (`tid`).
  let tenantID: String
  /// The id of the user or the application in the tenant (`oid`).
  ///
  /// This id never changes.
  private let objectID: String
  private let claims: JSONObject

  /// The maximum length, in bytes, of a text in a claim.
  ///
  /// All names in Entra are shorter.
  private static let maximumLength = 512

  /// Reads the claims of a token.
  ///
  /// The result is nil if `tid` or `oid` is missing.
  init?(_ claims: JSONObject) {
    guard let tenantID = Self.text(claims["tid"]), let objectID = Self.text(claims["oid"]) else { return nil }
    self.tenantID = tenantID
    self.objectID = objectID
    self.claims = claims
  }

  /// Whether the bearer is an application that acts for itself, and not for a user.
  private var isApp: Bool {
    claims["idtyp"]?.string == "app" || (claims["scp"] == nil && claims["sub"]?.string == objectID)
  }

  /// Whether the token is an access token.
  ///
  /// An ID token only proves to an application that a person signed in. So an ID token is not accepted for access.
  var isForAccess: Bool { isApp || claims["scp"] != nil }

  /// Returns the bearer in the form in which a change records an actor.
  func actor(ipAddress: String?, proof: Change.Proof) -> Change.Actor {
    Change.Actor(
      type: isApp ? .app : .user,
      id: objectID,
      name: first(of: isApp ? ["app_displayname"] : ["name"]),
      userPrincipalName: isApp ? nil : first(of: ["upn", "preferred_username", "unique_name"]),
      clientAppID: first(of: ["appid", "azp"]),
      ipAddress: ipAddress,
      proof: proof
    )
  }

  /// The bearer's roles, from the `roles` claim.
  var roles: Set<Role> {
    let names = claims.strings("roles")
    return Set(Role.allCases.filter { names.contains($0.entraRole) })
  }

  private func first(of names: [String]) -> String? {
    names.lazy.compactMap { Self.text(claims[$0]) }.first
  }

  private static func text(_ value: JSONValue?) -> String? {
    value?.string.flatMap { (1...maximumLength).contains($0.utf8.count) && !$0.utf8.contains(0) ? $0 : nil }
  }
}

extension Role {
  /// The role's name in the `roles` claim of Entra tokens.
  package var entraRole: String {
    switch self {
    case .reader: "Reflog.Read"
    case .operator: "Reflog.Operate"
    case .admin: "Reflog.Admin"
    case .metrics: "Reflog.Metrics"
    }
  }
}
