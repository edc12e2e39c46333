/// A field of an actor.
///
/// The raw value is the path of the field in JSON.
package enum ActorField: String, FilterField {
  case type, proof, ipAddress
  case userId = "user/id"
  case userDisplayName = "user/displayName"
  case userPrincipalName = "user/userPrincipalName"
  case appId = "app/appId"
  case servicePrincipalId = "app/servicePrincipalId"
  case appDisplayName = "app/displayName"
  case tokenId = "token/id"
  case tokenDisplayName = "token/displayName"

  /// The kind of the field's value: always a text.
  package var kind: FilterKind { .text }
}

extension Change.Actor {
  /// The value of a field.
  ///
  /// Each type of actor (user, app or token) has its own fields. The fields for the actor's type contain the actor's id
  /// and name. The fields for the other types are null. The field `app/appId` is different: for actors of every type,
  /// the field contains the id of the application that the caller used.
  package subscript(field: ActorField) -> FilterValue {
    switch field {
    case .type: .text(type.rawValue)
    case .proof: .optional(proof?.rawValue)
    case .ipAddress: .optional(ipAddress)
    case .userId: .optional(type == .user ? id : nil)
    case .userDisplayName: .optional(type == .user ? name : nil)
    case .userPrincipalName: .optional(type == .user ? userPrincipalName : nil)
    case .appId: .optional(clientAppID)
    case .servicePrincipalId: .optional(type == .app ? id : nil)
    case .appDisplayName: .optional(type == .app ? name : nil)
    case .tokenId: .optional(type == .token ? id : nil)
    case .tokenDisplayName: .optional(type == .token ? name : nil)
    }
  }
}
