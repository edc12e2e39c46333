import ReflogModel

/// Who the claims of an Entra token say that its bearer is (Microsoft identity platform, access token claims reference).
///
/// Whether they are true is for others to find out.
struct TokenClaims: Sendable {
  /// The tenant's GUID (`tid`).
  let tenantID: String
  /// The user's or the application's id in the tenant (`oid`), which never changes.
  private let objectID: String
  private let claims: JSONObject

  /// Longer than any name that Entra lets somebody have.
  private static let maximumLength = 512

  /// Fails where `tid` or `oid` is missing.
  init?(_ claims: JSONObject) {
    guard let tenantID = Self.text(claims["tid"]), let objectID = Self.text(claims["oid"]) else { return nil }
    self.tenantID = tenantID
    self.objectID = objectID
    self.claims = claims
  }

  /// An application of its own accord, or a user by means of one.
  private var isApp: Bool {
    claims["idtyp"]?.string == "app" || (claims["scp"] == nil && claims["sub"]?.string == objectID)
  }

  /// Whether it is an access token: an ID token is for whom a user signs in to, and opens nothing.
  var isForAccess: Bool { isApp || claims["scp"] != nil }

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

  /// What the app registration's roles make of the bearer here.
  var roles: Set<Role> {
    let words = (claims["roles"]?.array ?? []).compactMap(\.string)
    return Set(Role.allCases.filter { words.contains($0.entraRole) })
  }

  private func first(of names: [String]) -> String? {
    names.lazy.compactMap { Self.text(claims[$0]) }.first
  }

  private static func text(_ value: JSONValue?) -> String? {
    value?.string.flatMap { (1...maximumLength).contains($0.utf8.count) && !$0.utf8.contains(0) ? $0 : nil }
  }
}

extension Role {
  /// The app role in the `roles` claim of Entra tokens.
  package var entraRole: String {
    switch self {
    case .reader: "Reflog.Read"
    case .operator: "Reflog.Operate"
    case .admin: "Reflog.Admin"
    }
  }
}
