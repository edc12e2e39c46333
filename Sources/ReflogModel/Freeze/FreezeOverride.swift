/// The decision of an operator to make a change in spite of a freeze.
package struct FreezeOverride: Hashable, Sendable {
  /// The id of the service event that records the override.
  package let eventID: Int64
  /// The operator's reason for the override, or nil if the reason was erased.
  package let reason: String?
  /// The ids of the freezes that the request overrode.
  package let freezes: [Int64]
  /// The erasure that deleted the reason, or nil if the reason was not erased.
  package let erased: Erased?

  /// Creates an override.
  package init(eventID: Int64, reason: String?, freezes: [Int64], erased: Erased? = nil) {
    self.erased = erased
    self.eventID = eventID
    self.reason = reason
    self.freezes = freezes
  }
}

extension FreezeOverride {
  /// The reason as people see it: the recorded text, or `[erased]`.
  package var shownReason: String { reason ?? Erased.placeholder }
}

/// A field of the object `override`, which is a member of a change in JSON.
///
/// The raw value is the name in JSON.
package enum OverrideField: String, FilterField {
  case eventId, reason

  /// The name of the JSON member that contains these fields.
  package static let member = "override"

  /// The kind of the field's value.
  package var kind: FilterKind {
    switch self {
    case .eventId: .id
    case .reason: .text
    }
  }
}

extension FreezeOverride? {
  /// The value of a field, or null if the change did not override a freeze.
  package subscript(field: OverrideField) -> FilterValue {
    switch field {
    case .eventId: .optional(self?.eventID)
    case .reason: .optional(self?.reason)
    }
  }
}
