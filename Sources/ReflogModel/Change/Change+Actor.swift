extension Change {
  /// The person or program that requested a change, and the method of authentication.
  package struct Actor: Hashable, Sendable {
    package let type: ActorType
    /// The Entra `oid` of a user or an app, or the id of an API token.
    ///
    /// The id is nil if the actor is unknown.
    package let id: String?
    package let name: String?
    package let userPrincipalName: String?
    /// The id of the application that the caller used, or nil if the application is unknown.
    package let clientAppID: String?
    package let ipAddress: String?
    /// How the actor was authenticated, or nil if the actor was not authenticated.
    package let proof: Proof?

    /// Creates an actor.
    package init(
      type: ActorType,
      id: String?,
      name: String? = nil,
      userPrincipalName: String? = nil,
      clientAppID: String? = nil,
      ipAddress: String? = nil,
      proof: Proof? = nil
    ) {
      self.type = type
      self.id = id
      self.name = name
      self.userPrincipalName = userPrincipalName
      self.clientAppID = clientAppID
      self.ipAddress = ipAddress
      self.proof = proof
    }

    /// The unknown actor of a change that was made without Reflog.
    package static let unknown = Actor(type: .unknown, id: nil)
  }

  /// The kinds of actors.
  package enum ActorType: String, Sendable {
    case user, app, token, unknown
  }

  /// How an actor was authenticated.
  package enum Proof: String, Sendable {
    case entra, graph, apiToken
  }
}
