package import ReflogLedger
package import ReflogModel

/// Manages API tokens for admins, and records the creation and revocation of each token.
package struct TokenService: Sendable {
  private let store: TokenStore
  private let events: EventRecorder

  /// Creates a service that manages the tokens in this store.
  package init(store: TokenStore, events: EventRecorder) {
    self.store = store
    self.events = events
  }

  /// Returns all tokens that were ever created, oldest first.
  package func tokens(for caller: Caller) async throws(ServiceError) -> [APIToken] {
    try require(caller)
    do { return try await store.tokens() } catch { throw ServiceError(tokens: error) }
  }

  /// Creates a token, and returns the token with its text.
  ///
  /// Keep the text, because the text can't be read again later.
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
    try await record(.tokenCreated, made.token, caller.actor)
    return made
  }

  /// Revokes a token.
  ///
  /// When this method returns, requests with the token are rejected.
  ///
  /// - Throws: `tokenNotFound` if there is no token with this id.
  package func revoke(id: String, for caller: Caller) async throws(ServiceError) {
    guard let token = try await tokens(for: caller).first(where: { $0.id == id }) else { throw .tokenNotFound(id) }
    guard token.revoked == nil else { return }
    // The command line may have created this token a moment ago. In this case, the creation must be recorded before the
    // revocation.
    try await recordOthers(until: token.created)
    do { try await store.revoke(name: token.name) } catch { throw ServiceError(tokens: error) }
    guard let revoked = try await tokens(for: caller).first(where: { $0.id == id }) else { throw .tokenNotFound(id) }
    try await record(.tokenRevoked, revoked, caller.actor)
  }

  /// Records the tokens that the command line created or revoked up to a moment.
  ///
  /// The events have no actor, because the server can't identify the person on the command line.
  func recordOthers(until moment: Timestamp) async throws(ServiceError) {
    let found: [(token: APIToken, isMakingRecorded: Bool)]
    do { found = try await store.unrecordedTokens(until: moment) } catch { throw ServiceError(tokens: error) }
    for (token, isMakingRecorded) in found {
      if !isMakingRecorded { try await events.record(event(.tokenCreated, token, nil)) }
      if token.revoked != nil { try await events.record(event(.tokenRevoked, token, nil)) }
      try await mark(token)
    }
  }

  /// Records a service event about a token, and then marks the token as recorded in the token database.
  ///
  /// The order is important. After a crash between the two steps, the event is recorded twice. In the reverse order, a
  /// crash could lose the event.
  private func record(
    _ kind: ServiceEvent.Kind,
    _ token: APIToken,
    _ actor: Change.Actor
  ) async throws(ServiceError) {
    try await events.record(event(kind, token, actor))
    try await mark(token)
  }

  private func mark(_ token: APIToken) async throws(ServiceError) {
    do { try await store.markRecorded(token) } catch { throw ServiceError(tokens: error) }
  }

  private func require(_ caller: Caller) throws(ServiceError) {
    guard Policy.permits(caller, .administer) else { throw .forbidden([]) }
  }

  private func event(_ kind: ServiceEvent.Kind, _ token: APIToken, _ actor: Change.Actor?) -> ServiceEvent.Content {
    let details: JSONObject = [
      "tokenId": .string(token.id), "name": .string(token.name), "role": .string(token.role.rawValue),
      "expiresDateTime": .string(token.expires.description),
    ]
    return ServiceEvent.Content(kind, actor: actor, details: details)
  }
}

extension ServiceError {
  /// Creates the error for the caller from an error that the token store threw.
  fileprivate init(tokens error: any Error) {
    self = if let error = error as? TokenError { .badToken(error.description) } else { .ledgerUnreadable("\(error)") }
  }
}
