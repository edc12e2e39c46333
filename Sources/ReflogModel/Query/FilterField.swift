/// A field of a change by which history can be asked, by its name in JSON with `/` between levels.
package enum FilterField: String, Sendable, CaseIterable {
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

  /// What a field holds, and so what it can be compared with.
  package enum Kind: Sendable {
    /// A text, compared byte by byte.
    case text
    /// The id of a flow, a step or a connector: a text, compared without regard to ASCII case.
    case name
    /// A whole number, which may also be given in quotes, as ids are.
    case number
    case time
  }

  package var kind: Kind {
    switch self {
    case .id, .sequence, .rollbackOf, .httpStatus: .number
    case .activityDateTime, .resultDateTime, .lastVerifiedDateTime, .rollbackTo: .time
    case .flowId, .step, .beforeConnectorId, .afterConnectorId: .name
    default: .text
    }
  }
}
