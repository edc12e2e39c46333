/// Identifies the erasure that deleted the personal data of a record.
///
/// A record has this value if it contained personal data before the erasure. So if such a record has no name or no
/// reason, the name or the reason was possibly erased.
package struct Erased: Hashable, Sendable {
  /// The id of the service event that records the erasure.
  package let eventID: Int64
  /// When the service event was recorded.
  package let dateTime: Timestamp

  /// Creates the value from the id and the time of the service event.
  package init(eventID: Int64, dateTime: Timestamp) {
    self.eventID = eventID
    self.dateTime = dateTime
  }

  /// The text that pages and tables show in place of erased data.
  package static let placeholder = "[erased]"
}

/// A field of the JSON object `erased`.
///
/// The raw value is the name in JSON.
package enum ErasedField: String, FilterField {
  case eventId, dateTime

  /// The name of the JSON member that contains these fields.
  package static let member = "erased"

  /// The kind of the field's value.
  package var kind: FilterKind {
    switch self {
    case .eventId: .id
    case .dateTime: .time
    }
  }
}

extension Erased? {
  /// The value of a field, or null if no data was erased.
  package subscript(field: ErasedField) -> FilterValue {
    switch field {
    case .eventId: .optional(self?.eventID)
    case .dateTime: .optional(self?.dateTime)
    }
  }
}
