/// A field of a service event, such as `kind` or `initiatedBy/type`.
///
/// `$filter` and all output formats use this list of fields.
package enum EventField: FilterField {
  case plain(Plain)
  case initiatedBy(ActorField)
  case erased(ErasedField)

  /// A member with a single value.
  ///
  /// The order of the cases is the order in JSON. Add new cases at the end, because the columns in CSV have the same
  /// order and must keep their positions.
  package enum Plain: String, FilterField {
    case id, sequence, activityDateTime, kind, count

    /// The kind of the member's value.
    package var kind: FilterKind {
      switch self {
      case .id: .id
      case .sequence, .count: .number
      case .activityDateTime: .time
      case .kind: .text
      }
    }
  }

  /// A member that is a nested object.
  ///
  /// The raw value is the name in JSON.
  package enum Part: String {
    case initiatedBy
  }

  private static let actorFields: [ActorField] = [
    .type, .ipAddress, .userId, .userPrincipalName, .servicePrincipalId, .tokenId, .tokenDisplayName,
  ]

  /// All fields that a filter for service events can contain.
  package static let allCases: [EventField] =
    Plain.allCases.map(plain) + actorFields.map(initiatedBy)
    + ErasedField.allCases.map(erased)

  /// The path of the field in JSON.
  package var rawValue: String {
    switch self {
    case .plain(let field): field.rawValue
    case .initiatedBy(let field): "\(Part.initiatedBy.rawValue)/\(field.rawValue)"
    case .erased(let field): "\(ErasedField.member)/\(field.rawValue)"
    }
  }

  /// The kind of the field's value.
  package var kind: FilterKind {
    switch self {
    case .plain(let field): field.kind
    case .initiatedBy(let field): field.kind
    case .erased(let field): field.kind
    }
  }
}

/// A filter for service events.
package typealias EventFilter = Filter<EventField>

extension EventFilter {
  /// Returns whether an event matches the filter.
  package func matches(_ event: ServiceEvent) -> Bool {
    matches { event[$0] }
  }
}

extension ServiceEvent {
  /// The value of a field.
  package subscript(field: EventField) -> FilterValue {
    switch field {
    case .plain(let field): self[field]
    case .initiatedBy(let field): content.actor?[field] ?? .null
    case .erased(let field): erased[field]
    }
  }

  /// The value of a field.
  package subscript(field: EventField.Plain) -> FilterValue {
    switch field {
    case .id: .number(id)
    case .sequence: .number(sequence)
    case .activityDateTime: .time(activityDateTime)
    case .kind: .text(content.kind.rawValue)
    case .count: .number(Int64(content.count))
    }
  }
}
