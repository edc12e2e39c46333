/// A field of a change by which history can be asked, by its name in JSON with `/` between levels.
package enum ChangeField: String, FilterField {
  case id, sequence, activityDateTime, resultDateTime, lastVerifiedDateTime, rollbackTo
  case tenantId, subject, flowType, flowId, step, kind, result
  case beforeState = "before/state"
  case beforeConnectorId = "before/connectorId"
  case beforeDisplayName = "before/displayName"
  case afterState = "after/state"
  case afterConnectorId = "after/connectorId"
  case afterDisplayName = "after/displayName"
  case actorType = "initiatedBy/type"
  case actorProof = "initiatedBy/proof"
  case ipAddress = "initiatedBy/ipAddress"
  case userId = "initiatedBy/user/id"
  case userDisplayName = "initiatedBy/user/displayName"
  case userPrincipalName = "initiatedBy/user/userPrincipalName"
  case appId = "initiatedBy/app/appId"
  case servicePrincipalId = "initiatedBy/app/servicePrincipalId"
  case appDisplayName = "initiatedBy/app/displayName"
  case tokenId = "initiatedBy/token/id"
  case tokenDisplayName = "initiatedBy/token/displayName"
  case reason, correlationId, requestId, graphRequestId, rollbackOf, batchId
  case httpStatus = "status/http"
  case errorCode = "status/code"
  case errorMessage = "status/message"
  case settledBy = "status/settledBy"

  package var kind: FilterKind {
    switch self {
    case .id, .sequence, .rollbackOf, .httpStatus: .number
    case .activityDateTime, .resultDateTime, .lastVerifiedDateTime, .rollbackTo: .time
    case .flowType, .flowId, .step, .beforeConnectorId, .afterConnectorId, .batchId: .name
    default: .text
    }
  }
}

/// A question about changes.
package typealias ChangeFilter = Filter<ChangeField>
