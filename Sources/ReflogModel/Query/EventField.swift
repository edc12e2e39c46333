/// A field of a service event by which events can be asked.
package enum EventField: String, FilterField {
  case id, sequence, activityDateTime, kind, count
  case actorType = "initiatedBy/type"
  case ipAddress = "initiatedBy/ipAddress"
  case userId = "initiatedBy/user/id"
  case userPrincipalName = "initiatedBy/user/userPrincipalName"
  case servicePrincipalId = "initiatedBy/app/servicePrincipalId"
  case tokenId = "initiatedBy/token/id"
  case tokenDisplayName = "initiatedBy/token/displayName"

  package var kind: FilterKind {
    switch self {
    case .id, .sequence, .count: .number
    case .activityDateTime: .time
    default: .text
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
    let actor = content.actor
    return switch field {
    case .id: .number(id)
    case .sequence: .number(sequence)
    case .activityDateTime: .time(activityDateTime)
    case .kind: .text(content.kind.rawValue)
    case .count: .number(Int64(content.count))
    case .actorType: .optional(actor?.type.rawValue)
    case .ipAddress: .optional(actor?.ipAddress)
    case .userId: actor?[.userId] ?? .null
    case .userPrincipalName: actor?[.userPrincipalName] ?? .null
    case .servicePrincipalId: actor?[.servicePrincipalId] ?? .null
    case .tokenId: actor?[.tokenId] ?? .null
    case .tokenDisplayName: actor?[.tokenDisplayName] ?? .null
    }
  }
}
