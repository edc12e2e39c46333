/// The personal data of an entry.
///
/// The entry's record is signed and can't be altered, but personal data must be erasable. Therefore the record contains
/// only the SHA-256 of the personal part.
package struct PersonalPart: Sendable {
  private let bytes: [UInt8]

  /// Creates the personal part of a change's intent, of a service event, or of a person's statement about the result of
  /// a change.
  package init(salt: Salt, actor: Change.Actor, reason: String?) throws(IntegrityError) {
    bytes = try RecordWriter { record throws(IntegrityError) in
      record.member("ipAddress", actor.ipAddress)
      record.member("name", actor.name)
      record.member("reason", reason)
      record.member("salt", salt)
      record.member("userPrincipalName", actor.userPrincipalName)
    }.bytes
  }

  /// The SHA-256 of the personal part as canonical JSON.
  package var hash: Hash { Hash(of: bytes) }
}
