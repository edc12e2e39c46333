package import ReflogLedger
package import ReflogModel

/// Looks after API tokens on behalf of admins, and records what they do.
package struct TokenService: Sendable {
  private let store: TokenStore
  private let events: EventRecorder

  package init(store: TokenStore, events: EventRecorder) {
    self.store = store
    self.events = events
  }

  /// All tokens ever made, oldest first.
  package func tokens(for caller: Caller) async throws(ServiceError) -> [APIToken] {
    try require(caller)
    do { return try await store.tokens() } catch { throw ServiceError(tokens: error) }
  }

  /// Makes a token. The text is told this once and can't be had again.
  package func create(
    name: String,
    role: Role,
    lifetime: Duration,
    for caller: Caller
  ) async throws(ServiceError) -> (token: APIToken, text: String) {
    try require(caller)
    let made: (token: APIToken, text: String)
    do {
      made = try await store.create(name: name, role: role, lifetime: lifetime)
    } catch {
      throw ServiceError(tokens: error)
    }
    try await events.record(event(.tokenCreated, made.token, caller))
    return made
  }

  /// Ends a token: it opens nothing any more from when this returns.
  package func revoke(id: String, for caller: Caller) async throws(ServiceError) {
    guard let token = try await tokens(for: caller).first(where: { $0.id == id }) else { throw .tokenNotFound(id) }
    do { try await store.revoke(name: token.name) } catch { throw ServiceError(tokens: error) }
    try await events.record(event(.tokenRevoked, token, caller))
  }

  private func require(_ caller: Caller) throws(ServiceError) {
    guard Policy.permits(caller, .administer) else { throw .forbidden([]) }
  }

  private func event(_ kind: ServiceEvent.Kind, _ token: APIToken, _ caller: Caller) -> ServiceEvent.Content {
    ServiceEvent.Content(
      kind,
      actor: caller.actor,
      details: token.eventDetails
    )
  }
}

extension ServiceError {
  /// The meaning of what the store of tokens threw.
  fileprivate init(tokens error: any Error) {
    self = if let error = error as? TokenError { .badToken(error.description) } else { .ledgerUnreadable("\(error)") }
  }
}

extension APIToken {
  /// What events say of it.
  package var eventDetails: JSONObject {
    ["tokenId": .string(id), "name": .string(name), "role": .string(role.rawValue)]
  }
}
