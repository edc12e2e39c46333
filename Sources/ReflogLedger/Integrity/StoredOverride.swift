import ReflogModel

/// The stored row of the override of a freeze, together with the service event that records the override.
struct StoredOverride {
  /// The change that overrode the freeze.
  let change: Int64
  /// The service event that records the override, with the reason.
  let event: StoredEvent

  /// The override, as the service event records it.
  ///
  /// The override has no freezes if the service event does not contain the change. Then ``isAsRecorded()`` is false.
  var override: FreezeOverride {
    FreezeOverride(of: change, event.event)
      ?? FreezeOverride(eventID: event.event.id, reason: event.event.content.reason, freezes: [])
  }

  /// Returns whether the service event contains the change and matches the log.
  func isAsRecorded() throws -> Bool {
    try FreezeOverride(of: change, event.event) != nil && event.isAsRecorded()
  }
}
