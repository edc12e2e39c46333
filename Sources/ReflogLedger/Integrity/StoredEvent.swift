import ReflogModel

/// A service event as its row says it, beside what the log has of it.
struct StoredEvent: Sendable {
  let event: ServiceEvent
  /// Nil if the log does not know the event.
  let entry: LoggedEntry?
  let personal: StoredPersonalPart

  /// Whether the row says what was logged.
  func isAsLogged() throws -> Bool {
    guard let entry else { return false }
    return try EntryRecord(event, salt: entry.salt, personal: try personalHash()).hash == entry.hash
  }

  /// The event, its row being what was logged. Throws ``LedgerError/corrupt(_:)`` if it is not.
  func checked() throws -> ServiceEvent {
    guard try isAsLogged() else {
      throw LedgerError.corrupt("service event \(event.id), which is not what was logged")
    }
    return event
  }

  /// The hash of the personal part, or nil if there is none.
  func personalHash() throws -> Hash? {
    try personal.hash { salt in
      guard let actor = event.content.actor else {
        throw LedgerError.corrupt("service event \(event.id), which has personal data and no actor")
      }
      return try PersonalPart(salt: salt, actor: actor)
    }
  }
}
