/// What an entry says of people, kept apart from its record so that it can be erased: the record holds its SHA-256 alone.
package struct PersonalPart: Hashable, Sendable {
  private let members: JSONObject

  /// Of a change, as it was intended.
  package init(salt: Salt, actor: Change.Actor, reason: String?) {
    members = [
      "ipAddress": .optional(actor.ipAddress), "name": .optional(actor.name), "reason": .optional(reason),
      "salt": salt.json, "userPrincipalName": .optional(actor.userPrincipalName),
    ]
  }

  /// Of a service event.
  package init(salt: Salt, actor: Change.Actor) {
    self.init(salt: salt, actor: actor, reason: nil)
  }

  /// Of what a person said became of a change.
  package init(salt: Salt, statement actor: Change.Actor, reason: String) {
    members = [
      "actorId": .optional(actor.id), "actorType": .string(actor.type.rawValue),
      "ipAddress": .optional(actor.ipAddress), "name": .optional(actor.name), "reason": .string(reason),
      "salt": salt.json, "userPrincipalName": .optional(actor.userPrincipalName),
    ]
  }

  /// The SHA-256 of its canonical JSON.
  package func hash() throws(IntegrityError) -> Hash {
    Hash(of: try members.canonicalBytes())
  }
}
