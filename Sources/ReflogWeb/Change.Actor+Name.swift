package import ReflogModel

extension Change {
  /// The actor's name on pages, or `[erased]` and the actor's id if an erasure deleted the names.
  var shownActor: String { intent.actor.shownName(erased: erased) }
}

extension Change.Actor {
  /// The path of the page about the actor, or nil if the actor is unknown or has an unusual id.
  ///
  /// An id is unusual if it is longer than 128 bytes or contains a character that a URL must escape. The ids of Entra
  /// and of API tokens are never unusual.
  package var pagePath: String? {
    guard let identity, identity.id.utf8.count <= 128, identity.id.utf8.allSatisfy(\.isUnreserved) else { return nil }
    return "/actors/\(identity.type.rawValue)/\(identity.id)"
  }
}
