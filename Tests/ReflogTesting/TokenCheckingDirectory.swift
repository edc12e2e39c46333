import ReflogModel

/// A scripted directory for requests with a caller's token.
///
/// If the token is not accepted, the directory refuses every request.
struct TokenCheckingDirectory: Directory {
  let inner: ScriptedDirectory
  let isAccepted: Bool

  var kind: DirectoryKind { inner.kind }
  var settleWindow: Duration { inner.settleWindow }
  var longestWrite: Duration { inner.longestWrite }
  var hasOwnCredential: Bool { inner.hasOwnCredential }

  func bearing(_ token: DirectoryToken) -> any Directory { inner.bearing(token) }

  func reference(at address: Address) async throws(DirectoryFailure) -> ConnectorReference {
    try check()
    return try await inner.reference(at: address)
  }

  func connector(_ id: ConnectorID) async throws(DirectoryFailure) -> DirectoryConnector? {
    try check()
    return try await inner.connector(id)
  }

  func read(_ question: DirectoryRead) async throws(DirectoryFailure) -> DirectoryResponse {
    try check()
    return try await inner.read(question)
  }

  func write(_ write: DirectoryWrite, correlationID: String) async -> DirectoryAnswer {
    isAccepted ? await inner.write(write, correlationID: correlationID) : .refused(.unacceptedToken)
  }

  private func check() throws(DirectoryFailure) {
    guard isAccepted else { throw .refused(.unacceptedToken) }
  }
}

extension DirectoryRefusal {
  static let unacceptedToken = DirectoryRefusal(
    httpStatus: 401,
    code: "InvalidAuthenticationToken",
    message: "Access token validation failure.",
    wwwAuthenticate: "Bearer realm=\"\""
  )
}
