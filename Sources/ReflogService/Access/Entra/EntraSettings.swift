/// The values that an Entra token must contain.
package struct EntraSettings: Sendable {
  /// The exact issuer (`iss`).
  ///
  /// The issuer of v2 tokens is `https://login.microsoftonline.com/{tenant}/v2.0`. The issuer of v1 tokens is
  /// `https://sts.windows.net/{tenant}/`.
  package let issuer: String
  /// The audience (`aud`).
  ///
  /// In v2 tokens, the audience is the client id of Reflog's app registration. In v1 tokens, the audience is the URI of
  /// the app registration.
  package let audience: String
  /// The URL of the issuer's keys.
  ///
  /// If the value is nil, the URL is read from the issuer's metadata.
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
}
