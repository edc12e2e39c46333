/// A way to authenticate.
package enum AuthenticationMode: String, Sendable, CaseIterable {
  /// With an API token that Reflog created.
  case token
  /// With a token that Entra issued for Reflog.
  case entra
  /// With a Microsoft Graph token, which only Reflog's Graph API accepts.
  ///
  /// Microsoft Graph checks the token with every request.
  case passthrough
}
