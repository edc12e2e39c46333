/// A field of what an address held by which configurations can be asked.
package enum ConfigurationField: String, FilterField {
  case flowType, flowId, step, known, certain, changeId, changedDateTime, kind, verifiedDateTime
  case state = "reference/state"
  case connectorId = "reference/connectorId"
  case displayName = "reference/displayName"
  case targetUrl = "reference/targetUrl"
  case actorType = "initiatedBy/type"
  case userId = "initiatedBy/user/id"
  case userDisplayName = "initiatedBy/user/displayName"
  case userPrincipalName = "initiatedBy/user/userPrincipalName"
  case appId = "initiatedBy/app/appId"
  case servicePrincipalId = "initiatedBy/app/servicePrincipalId"
  case appDisplayName = "initiatedBy/app/displayName"
  case tokenId = "initiatedBy/token/id"
  case tokenDisplayName = "initiatedBy/token/displayName"

  package var kind: FilterKind {
    switch self {
    case .known, .certain: .flag
    case .changeId: .number
    case .changedDateTime, .verifiedDateTime: .time
    case .flowType, .flowId, .step, .connectorId: .name
    default: .text
    }
  }
}

/// A question about what addresses held.
package typealias ConfigurationFilter = Filter<ConfigurationField>

extension ConfigurationFilter {
  package func matches(_ configuration: ConnectorConfiguration) -> Bool {
    matches { configuration[$0] }
  }
}

extension ConnectorConfiguration {
  /// What a field holds.
  package subscript(field: ConfigurationField) -> FilterValue {
    let reference = change?.after ?? .unknown
    return switch field {
    case .flowType: .text(address.flowType.rawValue)
    case .flowId: .text(address.flow.text)
    case .step: .text(address.step.name)
    case .known: .flag(change != nil)
    case .certain: .flag(isCertain)
    case .changeId: change.map { .number($0.id.number) } ?? .null
    case .changedDateTime: .optional(change?.resultDateTime)
    case .kind: .optional(change?.intent.kind.rawValue)
    case .verifiedDateTime: .optional(verified)
    case .state: .text(reference.state.rawValue)
    case .connectorId: .optional(reference.connectorID?.text)
    case .displayName: .optional(reference.displayName)
    case .targetUrl: .optional(targetURL)
    case .actorType: .optional(change?.intent.actor.type.rawValue)
    case .userId: actor(.userId)
    case .userDisplayName: actor(.userDisplayName)
    case .userPrincipalName: actor(.userPrincipalName)
    case .appId: actor(.appId)
    case .servicePrincipalId: actor(.servicePrincipalId)
    case .appDisplayName: actor(.appDisplayName)
    case .tokenId: actor(.tokenId)
    case .tokenDisplayName: actor(.tokenDisplayName)
    }
  }

  private func actor(_ field: ChangeField) -> FilterValue {
    change?.intent.actor[field] ?? .null
  }
}
