/// What an Entra token must show.
package struct EntraSettings: Sendable {
  /// Whoever signed it, exactly (`iss`): `https://login.microsoftonline.com/{tenant}/v2.0` for v2 tokens,
  /// `https://sts.windows.net/{tenant}/` for v1.
  package let issuer: String
  /// For whom it was made (`aud`): Reflog's own app registration, by its client id (v2) or its URI (v1).
  package let audience: String
  /// Where the issuer's keys are; discovered from the issuer where this is nothing.
  package let keysURL: String?
  /// The tenant that it must be of (`tid`); nothing where any that the issuer speaks for will do.
  package let tenantID: String?

  package init(issuer: String, audience: String, keysURL: String?, tenantID: String?) {
    self.issuer = issuer
    self.audience = audience
    self.keysURL = keysURL
    self.tenantID = tenantID
  }

  /// OpenID Connect Discovery 1.0 §4.
  var discoveryURL: String {
    (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
  }

  /// Whether secrets may go to a URL and keys come from it: over TLS, or on this machine.
  static func isTrusted(_ url: String) -> Bool {
    let isLocal = ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { local in
      url.hasPrefix(local) && [":", "/"].contains(url.dropFirst(local.count).first)
    }
    return url.hasPrefix("https://") || isLocal
  }
}
