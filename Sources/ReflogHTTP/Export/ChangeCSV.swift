package import ReflogModel

/// Changes as CSV: RFC 4180, CRLF, UTF-8, always the same columns in the same order.
package struct ChangeCSV: Sendable {
  /// Whether cells that a spreadsheet would run are left as they are.
  package let isRaw: Bool

  package init(isRaw: Bool) {
    self.isRaw = isRaw
  }

  /// New columns are only ever appended.
  package static let columns = [
    "id", "sequence", "activityDateTime", "tenantId", "subject", "flowType", "flowId", "step", "kind", "result",
    "resultDateTime", "beforeState", "beforeConnectorId", "beforeConnectorName", "afterState", "afterConnectorId",
    "afterConnectorName", "changedProperties", "actorType", "actorProof", "actorId", "actorName",
    "actorUserPrincipalName", "clientAppId", "ipAddress", "reason", "correlationId", "requestId", "graphRequestId",
    "rollbackOf", "rollbackTo", "batchId", "httpStatus", "errorCode", "errorMessage", "settledBy",
    "lastVerifiedDateTime",
  ]

  package var header: String { Self.columns.joined(separator: ",") + "\r\n" }

  /// One line, CRLF included.
  package func line(of change: Change) -> String {
    CSVCell.line(cells(of: change), isRaw: isRaw)
  }

  private func cells(of change: Change) -> [String?] {
    let (intent, outcome) = (change.intent, change.outcome)
    let address = intent.subject.address
    return [
      change.id.description, String(change.sequence), change.activityDateTime.description, change.tenantID,
      intent.subject.word, address?.flowType.rawValue, address?.flow.text, address?.step.name, intent.kind.rawValue,
      change.result.rawValue, change.resultDateTime?.description,
      intent.before.state.rawValue, intent.before.connectorID?.text, intent.before.displayName,
      change.after.state.rawValue, change.after.connectorID?.text, change.after.displayName,
      intent.changedProperties?.json.text,
      intent.actor.type.rawValue, intent.actor.proof?.rawValue, intent.actor.id, intent.actor.name,
      intent.actor.userPrincipalName, intent.actor.clientAppID, intent.actor.ipAddress,
      intent.reason, intent.correlationID, intent.requestID, outcome?.graphRequestID,
      intent.rollbackOf?.description, intent.rollbackTo?.description, intent.batchID,
      outcome?.httpStatus.map(String.init), outcome?.code, outcome?.message, outcome?.settledBy.rawValue,
      intent.lastVerifiedDateTime?.description,
    ]
  }
}
