/// What an entry says of people, kept apart from its record so that it can be erased: the record holds its SHA-256 alone.
package struct PersonalPart: Sendable {
  private let bytes: [UInt8]

  /// Of a change, as it was intended.
  package init(salt: Salt, actor: Change.Actor, reason: String?) throws(IntegrityError) {
    bytes = try RecordWriter { record throws(IntegrityError) in
      record.member("ipAddress", actor.ipAddress)
      record.member("name", actor.name)
      record.member("reason", reason)
      record.member("salt", salt)
      record.member("userPrincipalName", actor.userPrincipalName)
    }.bytes
  }

  /// Of a service event.
  package init(salt: Salt, actor: Change.Actor) throws(IntegrityError) {
    try self.init(salt: salt, actor: actor, reason: nil)
  }

  /// Of what a person said became of a change.
  package init(salt: Salt, statement actor: Change.Actor, reason: String) throws(IntegrityError) {
    bytes = try RecordWriter { record throws(IntegrityError) in
      record.member("actorId", actor.id)
      record.member("actorType", actor.type.rawValue)
      record.member("ipAddress", actor.ipAddress)
      record.member("name", actor.name)
      record.member("reason", reason)
      record.member("salt", salt)
      record.member("userPrincipalName", actor.userPrincipalName)
    }.bytes
  }

  /// The SHA-256 of its canonical JSON.
  package var hash: Hash { Hash(of: bytes) }
}
