package import ReflogLedger
package import ReflogModel

/// Manages API tokens for admins, and records the creation and revocation of each token.
package struct TokenService: Sendable {
  private let store: TokenStore
  private let events: EventRecorder
  /// The locks for the recording of tokens. A method holds the lock from its read of an unrecorded token until the
  /// token is marked as recorded.
  private let locks = KeyedLock()

  /// Creates a service that manages the tokens in this store.
  package init(store: TokenStore, events: EventRecorder) {
    self.store = store
    self.events = events
  }

  /// Returns all tokens that were ever created, oldest first.
  package func tokens(for caller: Caller) async throws(ServiceError) -> [APIToken] {
    try Policy.require(caller, .administer)
    do { return try await store.tokens() } catch { throw ServiceError(tokens: error) }
  }

  /// Returns the valid token with this text and whether it expires soon, or nil if there is none.
  ///
  /// If no service event records the creation of the token yet, this method first records the creation. So, in the log,
  /// the creation comes before everything that was done with the token. There is one exception: if the ledger accepts
  /// no entry, the creation is recorded later.
  func accept(_ text: String) async throws(ServiceError) -> (token: APIToken, expiresSoon: Bool)? {
    let found: (token: APIToken, expiresSoon: Bool)?
    do { found = try await store.accept(text) } catch { throw ServiceError(reading: error) }
    if let found, !found.token.isCreationRecorded {
      // The error is ignored, because a caller must be able to read even if the ledger accepts no entry. The token is
      // still marked as unrecorded, so `TokenWatch` tries again.
      try? await recordOthers(until: found.token.created)
    }
    return found
  }

  /// Returns the valid tokens that expire soon, oldest first. An admin gets all of these tokens. Any other caller gets
  /// only its own token.
  package func expiringTokens(for caller: Caller) async throws(ServiceError) -> [APIToken] {
    let isAdmin = Policy.permits(caller, .administer)
    guard isAdmin || caller.tokenExpiry != nil else { return [] }
    do {
      return try await store.validTokens().expiring.filter { isAdmin || $0.id == caller.actor.id }
    } catch {
      throw ServiceError(tokens: error)
    }
  }

  /// Returns the number of valid tokens that expire soon, and the earliest expiry of all valid tokens.
  package func expiries() async throws(ServiceError) -> (soon: Int, next: Timestamp?) {
    do {
      let valid = try await store.validTokens()
      return (valid.expiring.count, valid.all.map(\.expires).min())
    } catch {
      throw ServiceError(tokens: error)
    }
  }

  /// Writes the last uses of tokens to the token database (see `TokenStore.writeUses`).
  func writeUses(all: Bool) async throws(ServiceError) {
    do { try await store.writeUses(all: all) } catch { throw ServiceError(tokens: error) }
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
    try Policy.require(caller, .administer)
    let lock = try await locks.take([LockKey.tokens])
    defer { lock.end() }
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
    try Policy.require(caller, .administer)
    // The token is read while the lock is held. So this request notices a concurrent revocation, and does not record
    // the revocation again.
    let lock = try await locks.take([LockKey.tokens])
    defer { lock.end() }
    guard let token = try await tokens(for: caller).first(where: { $0.id == id }) else { throw .tokenNotFound(id) }
    guard token.revoked == nil else { return }
    // It is possible that the command line created this token a moment ago. In this case, the creation is recorded
    // first, so that the log contains the creation before the revocation.
    try await recordUnrecorded(until: token.created)
    do { try await store.revoke(name: token.name) } catch { throw ServiceError(tokens: error) }
    guard let revoked = try await tokens(for: caller).first(where: { $0.id == id }) else { throw .tokenNotFound(id) }
    try await record(.tokenRevoked, revoked, caller.actor)
  }

  /// Records the tokens that the command line created or revoked up to a moment.
  ///
  /// The events have no actor, because the server can't identify the person on the command line.
  func recordOthers(until moment: Timestamp) async throws(ServiceError) {
    guard try await !unrecorded(until: moment).isEmpty else { return }
    let lock = try await locks.take([LockKey.tokens])
    defer { lock.end() }
    try await recordUnrecorded(until: moment)
  }

  private func unrecorded(until moment: Timestamp) async throws(ServiceError) -> [APIToken] {
    do { return try await store.unrecordedTokens(until: moment) } catch { throw ServiceError(tokens: error) }
  }

  /// Records the unrecorded creations and revocations of tokens up to a moment.
  ///
  /// The caller of this method must hold the lock.
  private func recordUnrecorded(until moment: Timestamp) async throws(ServiceError) {
    for token in try await unrecorded(until: moment) {
      if !token.isCreationRecorded { try await events.record(event(.tokenCreated, token, nil)) }
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

  private func event(_ kind: ServiceEvent.Kind, _ token: APIToken, _ actor: Change.Actor?) -> ServiceEvent.Content {
    var details: JSONObject = [
      "tokenId": .string(token.id), "name": .string(token.name), "role": .string(token.role.rawValue),
      "expiresDateTime": .string(token.expires.description), "createdDateTime": .string(token.created.description),
    ]
    // The details contain the time, because the event can be recorded later: the command line can revoke a token while
    // no server is running.
    if kind == .tokenRevoked { details["revokedDateTime"] = .optional(token.revoked?.description) }
    return ServiceEvent.Content(kind, actor: actor, details: details)
  }
}

extension ServiceError {
  /// Creates the error for the caller from an error that the token store threw.
  fileprivate init(tokens error: any Error) {
    self = if let error = error as? TokenError { .badToken(error.description) } else { .ledgerUnreadable("\(error)") }
  }
}
