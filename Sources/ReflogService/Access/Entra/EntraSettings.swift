/// The values that an Entra token must contain.
package struct EntraSettings: Sendable {
  /// The exact issuer (`iss`).
  ///
  /// It is `https://login.microsoftonline.com/{tenant}/v2.0` for v2 tokens, and `https://sts.windows.net/{tenant}/` for
  /// v1 tokens.
  package let issuer: String
  /// The audience (`aud`).
  ///
  /// It is the client id of Reflog's own app registration in v2 tokens, and its URI in v1 tokens.
  package let audience: String
  /// The URL of the issuer's keys, or nil to read the URL from the issuer's metadata.
  package let keysURL: String?
  /// The required tenant (`tid`), or nil if any tenant of the issuer is accepted.
  package let tenantID: String?

  /// Creates settings.
  package init(issuer: String, audience: String, keysURL: String?, tenantID: String?) {
    self.issuer = issuer
    self.audience = audience
    self.keysURL = keysURL
    self.tenantID = tenantID
  }

  /// The URL of the issuer's metadata (OpenID Connect Discovery 1.0 §4).
  var discoveryURL: String {
    (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + "/.well-known/openid-configuration"
  }

  /// Whether a URL may receive secrets and provide keys.
  ///
  /// It must use TLS or be on this machine.
  static func isTrusted(_ url: String) -> Bool {
    let isLocal = ["http://127.0.0.1", "http://localhost", "http://[::1]"].contains { local in
      url.hasPrefix(local) && [":", "/"].contains(url.dropFirst(local.count).first)
    }
    return url.hasPrefix("https://") || isLocal
  }
}
