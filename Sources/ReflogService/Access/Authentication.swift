package import Logging
package import ReflogModel

/// Identifies callers by their bearer tokens.
package struct Authentication: Sendable {
  private let tokens: TokenService?
  private let entra: EntraTokens?
  private let passThroughTenantID: String?
  private let logger: Logger

  /// Creates an authentication that accepts the given kinds of tokens.
  ///
  /// - Parameters:
  ///   - tokens: The service for API tokens, or nil if API tokens are not accepted.
  ///   - entra: The check of Entra's tokens, or nil if Entra's tokens are not accepted.
  ///   - passThroughTenantID: The tenant whose Microsoft Graph tokens are accepted, or nil if Microsoft Graph tokens
  ///     are not accepted.
  ///   - logger: Receives a message at the level debug, with the reason, when an Entra token is rejected.
  package init(tokens: TokenService?, entra: EntraTokens?, passThroughTenantID: String?, logger: Logger) {
    self.tokens = tokens
    self.entra = entra
    self.passThroughTenantID = passThroughTenantID
    self.logger = logger
  }

  /// The kinds of tokens that are accepted.
  package var modes: Set<AuthenticationMode> {
    var modes: Set<AuthenticationMode> = []
    if tokens != nil { modes.insert(.token) }
    if entra != nil { modes.insert(.entra) }
    if passThroughTenantID != nil { modes.insert(.passthrough) }
    return modes
  }

  /// Whether API tokens are accepted.
  package var takesAPITokens: Bool { tokens != nil }

  /// Returns the caller that a bearer token identifies, or nil if the token is not valid.
  ///
  /// - Throws: `otherTenant` if the token belongs to another tenant, or `providerUnavailable` if the token's signature
  ///   can't be checked.
  package func caller(bearing text: String, from ipAddress: String?) async throws(ServiceError) -> Caller? {
    if let caller = try await holder(ofAPIToken: text, from: ipAddress) { return caller }
    if let caller = try await bearer(ofEntraToken: text, from: ipAddress) { return caller }
    return try bearer(ofDirectoryToken: text, from: ipAddress)
  }

  private func holder(ofAPIToken text: String, from ipAddress: String?) async throws(ServiceError) -> Caller? {
    guard let tokens, let (token, expiresSoon) = try await tokens.accept(text) else { return nil }
    return Caller(
      actor: Change.Actor(type: .token, id: token.id, name: token.name, ipAddress: ipAddress, proof: .apiToken),
      credential: .roles([token.role]),
      tokenExpiry: expiresSoon ? token.expires : nil
    )
  }

  private func bearer(ofEntraToken text: String, from ipAddress: String?) async throws(ServiceError) -> Caller? {
    guard let entra else { return nil }
    let claims: TokenClaims
    do {
      claims = try await entra.claims(of: text)
    } catch is EntraKeys.Unavailable {
      throw .providerUnavailable
    } catch {
      logger.debug("rejected an Entra token", metadata: ["reason": "\(error)"])
      return nil
    }
    guard entra.isOwnTenant(claims.tenantID) else { throw .otherTenant }
    return Caller(actor: claims.actor(ipAddress: ipAddress, proof: .entra), credential: .roles(claims.roles))
  }

  private func bearer(ofDirectoryToken text: String, from ipAddress: String?) throws(ServiceError) -> Caller? {
    guard let passThroughTenantID, let claims = SignedToken(text).flatMap({ TokenClaims($0.claims) }) else {
      return nil
    }
    guard claims.tenantID.asciiFolded == passThroughTenantID.asciiFolded else { throw .otherTenant }
    return Caller(
      actor: claims.actor(ipAddress: ipAddress, proof: .graph),
      credential: .directoryToken(DirectoryToken(text))
    )
  }
}
