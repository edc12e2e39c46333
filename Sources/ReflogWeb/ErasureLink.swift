import ReflogModel

/// A link to the service event that erased the personal data of a record.
struct ErasureLink: Sendable {
  /// The id of the event.
  let event: String
  /// The path of the page on which this event is the first service event.
  let path: String

  /// Creates the link, or returns nil if no data was erased.
  init?(_ erased: Erased?) {
    guard let erased else { return nil }
    event = String(erased.eventID)
    path = "/integrity?behind=\(erased.eventID + 1)#event-\(erased.eventID)"
  }
}
