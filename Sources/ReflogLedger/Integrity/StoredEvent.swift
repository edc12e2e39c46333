import ReflogModel

/// The stored row of a service event, together with the entry that the log stores for the event.
struct StoredEvent: Sendable {
  let event: ServiceEvent
  /// The entry of the event, or nil if the log has none.
  let entry: LoggedEntry?
  let personal: StoredPersonalPart

  /// Returns whether the row matches the log.
  func isAsLogged() throws -> Bool {
    guard let entry else { return false }
    return try EntryRecord(event, salt: entry.salt, personal: try personalHash()).hash == entry.hash
  }

  /// Returns whether the row matches the log, and a recorded erasure deleted all personal data that is missing.
  func isAsRecorded() throws -> Bool { try isAsLogged() && (!personal.isErased || event.erased != nil) }

  /// Returns the event after its row was compared with the log.
  ///
  /// - Throws: ``LedgerError/corrupt(_:)`` if the row does not match the log, or if personal data is missing and no
  ///   recorded erasure deleted it.
  func checked() throws -> ServiceEvent {
    guard try isAsRecorded() else {
      throw LedgerError.corrupt("service event \(event.id) is not what was recorded")
    }
    return event
  }

  /// Returns the hash of the personal part, or nil if the entry has no personal part.
  func personalHash() throws -> Hash? {
    try personal.hash { salt in
      guard let actor = event.content.actor else {
        throw LedgerError.corrupt("service event \(event.id) has personal data but no actor")
      }
      return try PersonalPart(salt: salt, actor: actor, reason: event.content.reason)
    }
  }
}
