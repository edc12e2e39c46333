import ReflogModel

/// In whose name Microsoft Graph is asked.
enum GraphAuthorization: Sendable {
  /// Reflog's own application.
  case own(GraphTokens)
  /// A caller who brought a token.
  case caller(DirectoryToken)
  /// Nobody: Reflog has no credential, and no caller is there.
  case nobody

  /// A token to send.
  func token() async throws(DirectoryFailure) -> String {
    switch self {
    case .own(let tokens): try await tokens.token()
    case .caller(let token): token.text
    case .nobody: throw .unavailable(reason: "Reflog has no credential of its own for Microsoft Graph")
    }
  }

  /// Another token in place of one that Graph has just refused, or nothing where there is only that one.
  func token(insteadOf rejected: String) async throws(DirectoryFailure) -> String? {
    switch self {
    case .own(let tokens): try await tokens.token(insteadOf: rejected)
    case .caller, .nobody: nil
    }
  }

  /// Whether a refusal of it is Reflog's to mend.
  var isOwn: Bool {
    switch self {
    case .own, .nobody: true
    case .caller: false
    }
  }
}
