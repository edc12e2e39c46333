import ReflogModel

/// The token with which a request to Microsoft Graph is sent.
enum GraphAuthorization: Sendable {
  /// A token for Reflog's own application.
  case own(GraphTokens)
  /// The token that the caller sent.
  case caller(DirectoryToken)
  /// There is no token: Reflog has no credential of its own, and the request is not for a caller who sent a token.
  case missing

  /// Returns the token to send.
  ///
  /// - Throws: `unavailable` if there is no token.
  func token() async throws(DirectoryFailure) -> String {
    switch self {
    case .own(let tokens): try await tokens.token()
    case .caller(let token): token.text
    case .missing: throw .unavailable(reason: "Reflog has no credential for Microsoft Graph")
    }
  }

  /// Returns a new token after Graph refused a token, or nil if no new token is available.
  func token(insteadOf rejected: String) async throws(DirectoryFailure) -> String? {
    switch self {
    case .own(let tokens): try await tokens.token(insteadOf: rejected)
    case .caller, .missing: nil
    }
  }

  /// Whether the token belongs to Reflog's own application.
  ///
  /// If Graph refuses the token, this value shows whether Reflog's credential or the caller's token is wrong.
  var isOwn: Bool {
    switch self {
    case .own, .missing: true
    case .caller: false
    }
  }
}
