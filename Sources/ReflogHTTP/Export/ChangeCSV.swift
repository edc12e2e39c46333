package import ReflogModel

/// Changes as CSV: RFC 4180, CRLF, UTF-8, always the same columns in the same order.
package struct ChangeCSV: Sendable {
  private let style: CSVStyle

  package init(_ style: CSVStyle = CSVStyle()) {
    self.style = style
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

  package var header: [UInt8] { style.header(Self.columns) }

  /// Appends one line, CRLF included.
  package func write(_ change: Change, to bytes: inout [UInt8]) {
    var line = CSVLine(appendedTo: bytes, style)
    bytes = []
    Self.writeIntent(of: change, to: &line)
    Self.writeActor(change.intent.actor, to: &line)
    Self.writeRest(of: change, to: &line)
    bytes = line.ended()
  }

  private static func writeIntent(of change: Change, to line: inout CSVLine) {
    let intent = change.intent
    let address = intent.subject.address
    line.number(change.id.number)
    line.number(change.sequence)
    line.time(change.activityDateTime)
    line.text(change.tenantID)
    line.word(intent.subject.word)
    line.word(address?.flowType.rawValue)
    line.text(address?.flow.text)
    line.text(address?.step.name)
    line.word(intent.kind.rawValue)
    line.word(change.result.rawValue)
    line.time(change.resultDateTime)
    for reference in [intent.before, change.after] {
      line.word(reference.state.rawValue)
      line.text(reference.connectorID?.text)
      line.text(reference.displayName)
    }
    line.text(intent.changedProperties?.json.text)
  }

  private static func writeActor(_ actor: Change.Actor, to line: inout CSVLine) {
    line.word(actor.type.rawValue)
    line.word(actor.proof?.rawValue)
    line.text(actor.id)
    line.text(actor.name)
    line.text(actor.userPrincipalName)
    line.text(actor.clientAppID)
    line.text(actor.ipAddress)
  }

  private static func writeRest(of change: Change, to line: inout CSVLine) {
    let (intent, outcome) = (change.intent, change.outcome)
    line.text(intent.reason)
    line.text(intent.correlationID)
    line.text(intent.requestID)
    line.text(outcome?.graphRequestID)
    line.number(intent.rollbackOf?.number)
    line.time(intent.rollbackTo)
    line.text(intent.batchID)
    line.number(outcome?.httpStatus.map(Int64.init))
    line.text(outcome?.code)
    line.text(outcome?.message)
    line.word(outcome?.settledBy.rawValue)
    line.time(intent.lastVerifiedDateTime)
  }
}
