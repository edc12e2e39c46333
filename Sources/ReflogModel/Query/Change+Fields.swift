extension Change {
  /// What a field holds.
  package subscript(field: ChangeField) -> FilterValue {
    let address = intent.subject.address
    return switch field {
    case .id: .number(id.number)
    case .sequence: .number(sequence)
    case .activityDateTime: .time(activityDateTime)
    case .resultDateTime: .optional(resultDateTime)
    case .lastVerifiedDateTime: .optional(intent.lastVerifiedDateTime)
    case .rollbackTo: .optional(intent.rollbackTo)
    case .tenantId: .text(tenantID)
    case .subject: .text(intent.subject.word)
    case .flowType: .optional(address?.flowType.rawValue)
    case .flowId: .optional(address?.flow.text)
    case .step: .optional(address?.step.name)
    case .kind: .text(intent.kind.rawValue)
    case .result: .text(result.rawValue)
    case .beforeState: .text(intent.before.state.rawValue)
    case .beforeConnectorId: .optional(intent.before.connectorID?.text)
    case .beforeDisplayName: .optional(intent.before.displayName)
    case .afterState: .text(after.state.rawValue)
    case .afterConnectorId: .optional(after.connectorID?.text)
    case .afterDisplayName: .optional(after.displayName)
    case .reason: .optional(intent.reason)
    case .correlationId: .optional(intent.correlationID)
    case .requestId: .text(intent.requestID)
    case .graphRequestId: .optional(outcome?.graphRequestID)
    case .rollbackOf: intent.rollbackOf.map { .number($0.number) } ?? .null
    case .batchId: .optional(intent.batchID)
    case .httpStatus: outcome?.httpStatus.map { .number(Int64($0)) } ?? .null
    case .errorCode: .optional(outcome?.code)
    case .errorMessage: .optional(outcome?.message)
    case .settledBy: .optional(outcome?.settledBy.rawValue)
    case .actorType, .actorProof, .ipAddress, .userId, .userDisplayName, .userPrincipalName, .appId,
      .servicePrincipalId,
      .appDisplayName, .tokenId, .tokenDisplayName:
      intent.actor[field]
    }
  }
}

extension Change.Actor {
  /// What a field of `initiatedBy` holds, as JSON shows the actor.
  subscript(field: ChangeField) -> FilterValue {
    switch field {
    case .actorType: .text(type.rawValue)
    case .actorProof: .optional(proof?.rawValue)
    case .ipAddress: .optional(ipAddress)
    case .userId where type == .user: .optional(id)
    case .userDisplayName where type == .user: .optional(name)
    case .userPrincipalName where type == .user: .optional(userPrincipalName)
    case .appId: .optional(clientAppID)
    case .servicePrincipalId where type == .app: .optional(id)
    case .appDisplayName where type == .app: .optional(name)
    case .tokenId where type == .token: .optional(id)
    case .tokenDisplayName where type == .token: .optional(name)
    default: .null
    }
  }
}

extension FilterValue {
  package static func optional(_ text: String?) -> FilterValue { text.map(FilterValue.text) ?? .null }
  package static func optional(_ time: Timestamp?) -> FilterValue { time.map(FilterValue.time) ?? .null }
}
