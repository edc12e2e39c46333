/// A field of a service event by which events can be asked.
package enum EventField: FilterField {
  case plain(Plain)
  case initiatedBy(ActorField)

  /// A member of JSON that holds one value, in the order of JSON. A new one stands last, for CSV has its columns in this order too.
  package enum Plain: String, FilterField {
    case id, sequence, activityDateTime, kind, count

    package var kind: FilterKind {
      switch self {
      case .id: .id
      case .sequence, .count: .number
      case .activityDateTime: .time
      case .kind: .text
      }
    }
  }

  /// A member that holds several values, by its name in JSON.
  package enum Part: String {
    case initiatedBy
  }

  private static let actorFields: [ActorField] = [
    .type, .ipAddress, .userId, .userPrincipalName, .servicePrincipalId, .tokenId, .tokenDisplayName,
  ]

  package static let allCases: [EventField] = Plain.allCases.map(plain) + actorFields.map(initiatedBy)

  package var rawValue: String {
    switch self {
    case .plain(let field): field.rawValue
    case .initiatedBy(let field): "\(Part.initiatedBy.rawValue)/\(field.rawValue)"
    }
  }

  package var kind: FilterKind {
    switch self {
    case .plain(let field): field.kind
    case .initiatedBy(let field): field.kind
    }
  }
}

/// A question about service events.
package typealias EventFilter = Filter<EventField>

extension EventFilter {
  package func matches(_ event: ServiceEvent) -> Bool {
    matches { event[$0] }
  }
}

extension ServiceEvent {
  /// What a field holds.
  package subscript(field: EventField) -> FilterValue {
    switch field {
    case .plain(let field): self[field]
    case .initiatedBy(let field): content.actor?[field] ?? .null
    }
  }

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
