/// A way to be somebody.
package enum AuthenticationMode: String, Sendable, CaseIterable {
  /// With an API token of Reflog's own.
  case token
  /// With a token of Entra's that was made for Reflog.
  case entra
  /// With a token of Microsoft Graph's, on the Graph surface alone: Graph judges it with every request.
  case passthrough
}
