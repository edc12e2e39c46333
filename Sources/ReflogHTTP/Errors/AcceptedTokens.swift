import ReflogModel
import ReflogService

/// The tokens that this server accepts at a path.
enum AcceptedTokens {
  /// Returns a sentence that tells the caller which token to send.
  ///
  /// A token for Microsoft Graph is valid only at paths below `/identity`. If the server accepts only tokens for
  /// Microsoft Graph, no token is valid at any other path, and the sentence explains this limit.
  ///
  /// - Parameters:
  ///   - modes: The kinds of tokens that the server accepts.
  ///   - path: The canonical path of the request.
  static func advice(_ modes: Set<AuthenticationMode>, at path: String) -> String {
    let isDirectory = path.asciiFolded.split(separator: "/").dropFirst().first == "identity"
    var tokens: [String] = []
    if modes.contains(.token) { tokens.append("an API token of this server") }
    if modes.contains(.entra) { tokens.append("a token of Microsoft Entra for this server") }
    if modes.contains(.passthrough), isDirectory { tokens.append("a token for Microsoft Graph") }
    guard !tokens.isEmpty else {
      return "This server accepts only tokens for Microsoft Graph, and only below /identity. "
        + "An administrator can add 'token' or 'entra' to REFLOG_AUTH_MODE."
    }
    let advice = "Send \(tokens.joined(separator: ", or ")) as 'Authorization: Bearer …'."
    guard modes.contains(.passthrough), !isDirectory else { return advice }
    return advice + " A token for Microsoft Graph is valid only below /identity."
  }
}
