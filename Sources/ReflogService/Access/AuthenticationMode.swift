/// A way to authenticate.
package enum AuthenticationMode: String, Sendable, CaseIterable {
  /// The caller sends an API token that Reflog created.
  case token
  /// The caller sends a token that Entra issued for Reflog.
  case entra
  /// The caller sends a Microsoft Graph token.
  ///
  /// Only Reflog's Graph API accepts this kind of token. Microsoft Graph checks the token of every request.
  case passthrough
}
