extension Change {
  /// Who asked for a change, and how that is known.
  package struct Actor: Hashable, Sendable {
    package let type: ActorType
    /// The Entra `oid`, or the id of an API token.
    package let id: String?
    package let name: String?
    package let userPrincipalName: String?
    /// The application that the caller used.
    package let clientAppID: String?
    package let ipAddress: String?
    package let proof: Proof?

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

    /// Somebody who went round Reflog.
    package static let unknown = Actor(type: .unknown, id: nil)
  }

  package enum ActorType: String, Sendable {
    case user, app, token, unknown
  }

  /// How an actor was proven.
  package enum Proof: String, Sendable {
    case entra, graph, apiToken
  }
}
