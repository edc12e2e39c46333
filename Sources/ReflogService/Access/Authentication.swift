package import ReflogLedger
package import ReflogModel

/// Tells who a caller is.
package struct Authentication: Sendable {
  private let tokens: TokenStore
  private let modes: Set<AuthenticationMode>
  private let tenantID: String

  /// - Parameter tenantID: the tenant of the ledger; a token of another one is refused.
  package init(tokens: TokenStore, modes: Set<AuthenticationMode>, tenantID: String) {
    self.tokens = tokens
    self.modes = modes
    self.tenantID = tenantID
  }

  /// The caller that a bearer token speaks for, or nobody.
  package func caller(bearing token: String, from ipAddress: String?) async throws(ServiceError) -> Caller? {
    if modes.contains(.token), let caller = try await holder(ofAPIToken: token, from: ipAddress) { return caller }
    guard modes.contains(.passthrough), let claims = DirectoryTokenClaims(token) else { return nil }
    guard claims.tenantID.asciiFolded == tenantID.asciiFolded else { throw .otherTenant }
    return Caller(actor: claims.actor(ipAddress: ipAddress), standing: .directoryToken(DirectoryToken(token)))
  }

  private func holder(ofAPIToken token: String, from ipAddress: String?) async throws(ServiceError) -> Caller? {
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
          standing: .role(token.role)
        )
      }
    } catch {
      throw ServiceError(reading: error)
    }
  }
}
