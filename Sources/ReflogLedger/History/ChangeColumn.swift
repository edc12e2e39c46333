import ReflogModel
import ReflogStorage

/// The columns of ``ChangeRows/select``, in their order.
enum ChangeColumn: Int {
  case id, intentSequence, outcomeSequence, activityTime, subject
  case address, kind, beforeState, beforeConnector, beforeName
  case afterState, afterConnector, afterName, changedProperties, actor
  case actorProof, clientApp, correlationID, requestID, rollbackOf
  case rollbackTo, batchID, lastVerifiedTime, result, resultTime
  case httpStatus, errorCode, errorMessage, settledBy, graphRequestID
  case createdConnector, createdName
  case personalSalt, erasedHash, actorName, ipAddress, reason
  case intentHash, intentSalt, outcomeHash, outcomeSalt

  static let sql = """
    change.id, change.intent_sequence, change.outcome_sequence, change.activity_time, change.subject,
    change.address, change.kind, change.before_state, change.before_connector, change.before_name,
    change.after_state, change.after_connector, change.after_name, change.changed_properties, change.actor,
    change.actor_proof, change.client_app, change.correlation_id, change.request_id, change.rollback_of,
    change.rollback_to, change.batch_id, change.last_verified_time, change.result, change.result_time,
    change.http_status, change.error_code, change.error_message, change.settled_by, change.graph_request_id,
    change.created_connector, change.created_name,
    personal.salt AS personal_salt, personal.erased_hash, personal.actor_name, personal.ip_address, personal.reason,
    intent.hash AS intent_hash, intent.salt AS intent_salt, outcome.hash AS outcome_hash, outcome.salt AS outcome_salt
    """
}

extension Row {
  func integer(_ column: ChangeColumn) throws -> Int64 { try integer(column.rawValue) }
  func optionalInteger(_ column: ChangeColumn) throws -> Int64? { try optionalInteger(column.rawValue) }
  func text(_ column: ChangeColumn) throws -> String { try text(column.rawValue) }
  func optionalText(_ column: ChangeColumn) throws -> String? { try optionalText(column.rawValue) }
  func time(_ column: ChangeColumn) throws -> Timestamp { try time(column.rawValue) }
  func optionalTime(_ column: ChangeColumn) throws -> Timestamp? { try optionalTime(column.rawValue) }
  func requestID(_ column: ChangeColumn) throws -> String? { try requestID(column.rawValue) }
  func isNull(_ column: ChangeColumn) -> Bool { isNull(column.rawValue) }
  func requireNull(_ columns: ChangeColumn...) throws { try requireNull(columns.map(\.rawValue)) }
  func unexpected(_ column: ChangeColumn) -> StorageError { unexpected(column.rawValue) }

  func required<Value>(_ value: Value?, _ column: ChangeColumn) throws -> Value {
    try required(value, column.rawValue)
  }

  func word<Value>(_ column: ChangeColumn, _ value: (String) -> Value?) throws -> Value {
    try word(column.rawValue, value)
  }
}
