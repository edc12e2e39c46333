import ReflogModel

/// Who asks Microsoft Graph.
enum GraphAuthorization: Sendable {
  /// Reflog's own application.
  case own(GraphTokens)
  /// A caller that brought a token.
  case caller(DirectoryToken)
  /// No one: Reflog has no credential, and there is no caller.
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

  /// Returns another token after Graph refused one, or nil if there is no other.
  func token(insteadOf rejected: String) async throws(DirectoryFailure) -> String? {
    switch self {
    case .own(let tokens): try await tokens.token(insteadOf: rejected)
    case .caller, .missing: nil
    }
  }

  /// Whether a refusal of the token concerns Reflog's own credential, and not the caller's.
  var isOwn: Bool {
    switch self {
    case .own, .missing: true
    case .caller: false
    }
  }
}
