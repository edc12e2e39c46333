package import ReflogLedger
package import ReflogModel

/// Tells who a caller is.
package struct Authentication: Sendable {
  private let tokens: TokenStore

  package init(tokens: TokenStore) {
    self.tokens = tokens
  }

  /// The caller that a bearer token proves, or nobody.
  package func caller(bearing token: String, from ipAddress: String?) async throws(ServiceError) -> Caller? {
    do {
      return try await tokens.authenticate(token).map { token in
        Caller(
          actor: Change.Actor(
            type: .token,
            id: token.id,
            name: token.name,
            ipAddress: ipAddress,
            proof: .apiToken
          ),
          role: token.role
        )
      }
    } catch {
      throw ServiceError(reading: error)
    }
  }
}
