import ReflogService
import Testing

@testable import ReflogHTTP

struct AcceptedTokensTests {
  @Test(
    arguments: [
      ([.token], "/beta/auditLogs", "Send an API token of this server as 'Authorization: Bearer …'."),
      (
        [.token, .entra], "/beta/identity/apiConnectors",
        "Send an API token of this server, or a token of Microsoft Entra for this server as 'Authorization: Bearer …'."
      ),
      (
        [.entra, .passthrough], "/beta/auditLogs",
        "Send a token of Microsoft Entra for this server as 'Authorization: Bearer …'. A token for Microsoft Graph is valid "
          + "only below /identity."
      ),
      ([.passthrough], "/v1.0/Identity/x", "Send a token for Microsoft Graph as 'Authorization: Bearer …'."),
      (
        [.passthrough], "/metrics",
        "This server accepts only tokens for Microsoft Graph, and only below /identity. An administrator can add 'token' or "
          + "'entra' to REFLOG_AUTH_MODE."
      ),
    ] as [(Set<AuthenticationMode>, String, String)]
  )
  func theAnswerRecommendsOnlyTokensThatAreAccepted(modes: Set<AuthenticationMode>, path: String, advice: String) {
    #expect(AcceptedTokens.advice(modes, at: path) == advice)
  }
}
