/// A way to authenticate.
package enum AuthenticationMode: String, Sendable, CaseIterable {
  /// With an API token that Reflog made.
  case token
  /// With a token that Entra made for Reflog.
  case entra
  /// With a Microsoft Graph token, for the Graph surface only.
  ///
  /// Graph checks it with every request.
  case passthrough
}
