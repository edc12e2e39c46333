import ReflogModel

/// The stored row of the override of a freeze, together with the service event that records the override.
struct StoredOverride {
  /// The change that overrode the freeze.
  let change: Int64
  /// The reason in the row.
  let reason: String
  let event: StoredEvent

  /// The override.
  ///
  /// The reason is the reason in the row. The freezes are the freezes in the service event.
  var override: FreezeOverride {
    let freezes = FreezeOverride(of: change, event.event)?.freezes ?? []
    return FreezeOverride(eventID: event.event.id, reason: reason, freezes: freezes)
  }

  /// Returns whether the row contains what the service event records, and the event matches the log.
  func isAsRecorded() throws -> Bool {
    guard let recorded = FreezeOverride(of: change, event.event) else { return false }
    return try event.isAsLogged() && recorded.reason.utf8.elementsEqual(reason.utf8)
  }
}
