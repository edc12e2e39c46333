import ReflogModel
import ReflogStorage

/// The columns of ``ChangeRows/select``, in their order.
enum ChangeColumn: Int {
  case id, intentSequence, outcomeSequence, activityTime, subject
  case address, kind, beforeState, beforeConnector, beforeName
  case afterState, afterConnector, afterName, changedProperties, actor
  case actorProof, clientApp, correlationID, requestID, rollbackOf
  case rollbackTo, batchID, lastVerifiedTime, result, resultTime
  case httpStatus, errorCode, errorMessage, retryAfter, settledBy, graphRequestID
  case createdConnector, createdName
  case personalSalt, erasedHash, erasedEvent, actorName, ipAddress, reason
  case intentHash, intentSalt, outcomeHash, outcomeSalt
  case overrideEvent

  /// The columns in SQL, in the order of the cases.
  static let sql = """
    change.id, change.intent_sequence, change.outcome_sequence, change.activity_time, change.subject,
    change.address, change.kind, change.before_state, change.before_connector, change.before_name,
    change.after_state, change.after_connector, change.after_name, change.changed_properties, change.actor,
    change.actor_proof, change.client_app, change.correlation_id, change.request_id, change.rollback_of,
    change.rollback_to, change.batch_id, change.last_verified_time, change.result, change.result_time,
    change.http_status, change.error_code, change.error_message, change.retry_after, change.settled_by,
    change.graph_request_id, change.created_connector, change.created_name,
    personal.salt AS personal_salt, personal.erased_hash, personal.erased_event, personal.actor_name,
    personal.ip_address, personal.reason,
    intent.hash AS intent_hash, intent.salt AS intent_salt, outcome.hash AS outcome_hash, outcome.salt AS outcome_salt,
    freeze_override.event AS override_event
    """
}

/// The methods of ``Row`` that accept a case of ``ChangeColumn`` instead of the index of a column.
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

extension ChangeField {
  /// Returns the SQL expression of the field for use in a comparison.
  ///
  /// A text is compared byte by byte. For a name, the comparison ignores the case of ASCII letters.
  func expression(_ dialect: any Dialect) -> String {
    switch kind {
    case .text: dialect.bytewise(column(dialect))
    case .name: dialect.ignoringCase(column(dialect))
    case .number, .id, .time, .flag: column(dialect)
    }
  }

  /// Returns the SQL expression that reads the field from the columns of `change` and `personal`.
  func column(_ dialect: any Dialect) -> String {
    switch self {
    case .plain(let field): field.column(dialect)
    case .before(.state): "change.before_state"
    case .before(.connectorId): Self.connector("change.before_connector")
    case .before(.displayName): Self.connectorName("change.before_name")
    case .after(.state): "CASE WHEN change.created_connector IS NULL THEN change.after_state ELSE 'connector' END"
    case .after(.connectorId): Self.connector("coalesce(change.created_connector, change.after_connector)")
    case .after(.displayName):
      Self.connectorName(
        "CASE WHEN change.created_connector IS NULL THEN change.after_name ELSE change.created_name END"
      )
    case .initiatedBy(let field): field.column
    case .status(.http): "change.http_status"
    case .status(.code): "change.error_code"
    case .status(.message):
      """
      coalesce(change.error_message, \
      (SELECT coalesce(actor_name.name, actor.actor_id, 'Unknown person') || ': ' || said.reason \
      FROM change_statement AS said JOIN actor ON actor.id = said.actor \
      LEFT JOIN actor_name ON actor_name.id = said.actor_name WHERE said.change = change.id))
      """
    case .status(.settledBy): "change.settled_by"
    case .statusErased(let field): field.column(ofEvent: ErasureRows.eventOfStatement)
    case .erased(let field): field.column(ofEvent: ErasureRows.eventOfChange)
    case .override(.eventId): "freeze_override.event"
    case .override(.reason):
      """
      (SELECT overriding.reason FROM service_event_personal AS overriding \
      WHERE overriding.event = freeze_override.event)
      """
    }
  }

  /// Returns the SQL expression that reads the connector's id from a row of the table `connector`.
  private static func connector(_ row: String) -> String {
    "(SELECT connector.connector_id FROM connector WHERE connector.id = \(row))"
  }

  /// Returns the SQL expression that reads the name from a row of the table `connector_name`.
  private static func connectorName(_ row: String) -> String {
    "(SELECT connector_name.display_name FROM connector_name WHERE connector_name.id = \(row))"
  }
}

extension ChangeField.Plain {
  /// Returns the SQL expression of the field.
  fileprivate func column(_ dialect: any Dialect) -> String {
    switch self {
    case .id: "change.id"
    case .sequence: "coalesce(change.outcome_sequence, change.intent_sequence)"
    case .activityDateTime: "change.activity_time"
    case .kind: "change.kind"
    case .result: "change.result"
    case .resultDateTime: "change.result_time"
    case .tenantId: "(SELECT ledger.tenant_id FROM ledger)"
    case .subject: "change.subject"
    case .flowType: Self.ofAddress("flow.flow_type")
    case .flowId: Self.ofAddress("flow.flow_id")
    case .step: Self.ofAddress("step.name")
    case .reason: "personal.reason"
    case .correlationId: dialect.requestID("change.correlation_id")
    case .requestId: dialect.requestID("change.request_id")
    case .graphRequestId: dialect.requestID("change.graph_request_id")
    case .rollbackOf: "change.rollback_of"
    case .rollbackTo: "change.rollback_to"
    case .batchId: dialect.requestID("change.batch_id")
    case .lastVerifiedDateTime: "change.last_verified_time"
    }
  }

  /// Returns the SQL expression that reads a column from the address of the change.
  private static func ofAddress(_ column: String) -> String {
    """
    (SELECT \(column) FROM address JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step \
    WHERE address.id = change.address)
    """
  }
}

extension ErasedField {
  /// Returns the SQL expression of the field.
  ///
  /// - Parameter event: The SQL expression of the id of the service event that records the erasure.
  fileprivate func column(ofEvent event: String) -> String {
    switch self {
    case .eventId: event
    case .dateTime: "(SELECT service_event.time FROM service_event WHERE service_event.id = \(event))"
    }
  }
}

extension ActorField {
  /// The SQL expression of the field.
  fileprivate var column: String {
    switch self {
    case .type: "(SELECT actor.actor_type FROM actor WHERE actor.id = change.actor)"
    case .proof: "change.actor_proof"
    case .ipAddress: "personal.ip_address"
    case .userId: Self.id(of: "user")
    case .userDisplayName: Self.name("name", of: "user")
    case .userPrincipalName: Self.name("user_principal_name", of: "user")
    case .appId: "(SELECT client_app.app_id FROM client_app WHERE client_app.id = change.client_app)"
    case .servicePrincipalId: Self.id(of: "app")
    case .appDisplayName: Self.name("name", of: "app")
    case .tokenId: Self.id(of: "token")
    case .tokenDisplayName: Self.name("name", of: "token")
    }
  }

  /// Returns the SQL expression that reads the actor's id if the actor has this type.
  ///
  /// If the actor has another type, the value of the expression is NULL.
  private static func id(of type: String) -> String {
    "(SELECT actor.actor_id FROM actor WHERE actor.id = change.actor AND actor.actor_type = '\(type)')"
  }

  /// Returns the SQL expression that reads a name of the actor if the actor has this type.
  ///
  /// If the actor has another type, the value of the expression is NULL.
  private static func name(_ column: String, of type: String) -> String {
    """
    (SELECT actor_name.\(column) FROM actor_name JOIN actor ON actor.id = actor_name.actor \
    WHERE actor_name.id = personal.actor_name AND actor.actor_type = '\(type)')
    """
  }
}
