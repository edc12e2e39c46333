/// The type and the id of a person, an application or an API token.
package struct ActorID: Hashable, Sendable {
  package let type: Change.ActorType
  package let id: String

  /// Creates an id. Fails for the type `unknown`, because an unknown actor has no id.
  package init?(_ type: Change.ActorType, _ id: String) {
    guard type != .unknown, !id.isEmpty else { return nil }
    (self.type, self.id) = (type, id)
  }

  /// The filter for the changes that the actor requested.
  package var filter: ChangeFilter {
    let field: ActorField =
      switch type {
      case .user, .unknown: .userId
      case .app: .servicePrincipalId
      case .token: .tokenId
      }
    return .comparison(.initiatedBy(field), .eq, .text(id))
  }
}

extension Change.Actor {
  /// The type and the id of the actor, or nil if the actor is unknown.
  package var identity: ActorID? { id.flatMap { ActorID(type, $0) } }
}
