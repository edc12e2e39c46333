import ReflogModel
import ReflogStorage

/// A filter as a condition on what ``ChangeRows/select`` selects from, its values bound.
struct FilterSQL: Sendable {
  /// The condition without a filter.
  static let everything = "true"

  private(set) var condition = ""
  private(set) var arguments: [String: SQLValue] = [:]

  init(_ filter: ChangeFilter?) {
    condition = filter.map { translate($0) } ?? Self.everything
  }

  private mutating func translate(_ filter: ChangeFilter) -> String {
    switch filter {
    case .comparison(let field, let comparison, let value): compare(field, comparison, value)
    case .oneOf(let field, let values): "(" + values.map { compare(field, .eq, $0) }.joined(separator: " OR ") + ")"
    case .startsWith(let field, let prefix): startsWith(field, Self.folded(prefix, field))
    case .contains(let field, let part): contains(field, Self.folded(part, field))
    case .and(let left, let right): "(\(translate(left)) AND \(translate(right)))"
    case .or(let left, let right): "(\(translate(left)) OR \(translate(right)))"
    case .not(let inner): "NOT \(translate(inner))"
    }
  }

  /// `IS` and `IS NOT` are true or false with NULL too. The other comparisons with NULL count as false.
  private mutating func compare(_ field: ChangeField, _ comparison: FilterComparison, _ value: FilterValue) -> String {
    let expression = field.expression
    let bound =
      switch value {
      case .null: "NULL"
      case .text(let text): bind(text)
      case .number(let number): bind(number)
      case .time(let time): bind(time.microseconds)
      case .flag(let flag): bind(flag)
      }
    return switch comparison {
    case .eq: "(\(expression) IS \(bound))"
    case .ne: "(\(expression) IS NOT \(bound))"
    case .gt: "coalesce(\(expression) > \(bound), 0)"
    case .ge: "coalesce(\(expression) >= \(bound), 0)"
    case .lt: "coalesce(\(expression) < \(bound), 0)"
    case .le: "coalesce(\(expression) <= \(bound), 0)"
    }
  }

  /// Compares byte by byte, as blobs. Every text begins with the empty text and contains it, which `substr` and `instr` see otherwise.
  private mutating func startsWith(_ field: ChangeField, _ prefix: [UInt8]) -> String {
    prefix.isEmpty
      ? "(\(field.expression) IS NOT NULL)"
      : "coalesce(substr(\(field.bytes), 1, \(prefix.count)) = \(bind(prefix)), 0)"
  }

  private mutating func contains(_ field: ChangeField, _ part: [UInt8]) -> String {
    part.isEmpty
      ? "(\(field.expression) IS NOT NULL)" : "coalesce(instr(\(field.bytes), \(bind(part))) > 0, 0)"
  }

  private mutating func bind(_ value: some SQLConvertible) -> String {
    let name = "filter\(arguments.count)"
    arguments[name] = value.sqlValue
    return ":" + name
  }

  private static func folded(_ text: String, _ field: ChangeField) -> [UInt8] {
    Array((field.kind == .name ? text.asciiFolded : text).utf8)
  }
}

extension ChangeField {
  /// The field in SQL, with the collation by which it is compared.
  fileprivate var expression: String {
    switch kind {
    case .text: column + " COLLATE BINARY"
    case .name: column + " COLLATE NOCASE"
    case .number, .time, .flag: column
    }
  }

  /// The bytes of a text, as the field compares them.
  fileprivate var bytes: String {
    kind == .name ? "CAST(lower(\(column)) AS BLOB)" : "CAST(\(column) AS BLOB)"
  }

  /// In terms of `change` and its `personal` part.
  private var column: String {
    switch self {
    case .id: "change.id"
    case .sequence: "coalesce(change.outcome_sequence, change.intent_sequence)"
    case .activityDateTime: "change.activity_time"
    case .resultDateTime: "change.result_time"
    case .lastVerifiedDateTime: "change.last_verified_time"
    case .rollbackTo: "change.rollback_to"
    case .tenantId: "(SELECT ledger.tenant_id FROM ledger)"
    case .subject: "change.subject"
    case .flowType: Self.ofAddress("flow.flow_type")
    case .flowId: Self.ofAddress("flow.flow_id")
    case .step: Self.ofAddress("step.name")
    case .kind: "change.kind"
    case .result: "change.result"
    case .beforeState: "change.before_state"
    case .beforeConnectorId: Self.connector("change.before_connector")
    case .beforeDisplayName: Self.connectorName("change.before_name")
    case .afterState: "iif(change.created_connector IS NULL, change.after_state, 'connector')"
    case .afterConnectorId: Self.connector("coalesce(change.created_connector, change.after_connector)")
    case .afterDisplayName:
      Self.connectorName("iif(change.created_connector IS NULL, change.after_name, change.created_name)")
    case .actorType: Self.ofActor("actor_type")
    case .actorProof: "change.actor_proof"
    case .ipAddress: "personal.ip_address"
    case .userId: Self.ofActor("actor_id", type: "user")
    case .userDisplayName: Self.ofActorName("name", type: "user")
    case .userPrincipalName: Self.ofActorName("user_principal_name", type: "user")
    case .appId: "(SELECT client_app.app_id FROM client_app WHERE client_app.id = change.client_app)"
    case .servicePrincipalId: Self.ofActor("actor_id", type: "app")
    case .appDisplayName: Self.ofActorName("name", type: "app")
    case .tokenId: Self.ofActor("actor_id", type: "token")
    case .tokenDisplayName: Self.ofActorName("name", type: "token")
    case .reason: "personal.reason"
    case .correlationId: Self.requestID("change.correlation_id")
    case .requestId: Self.requestID("change.request_id")
    case .graphRequestId: Self.requestID("change.graph_request_id")
    case .rollbackOf: "change.rollback_of"
    case .batchId: Self.requestID("change.batch_id")
    case .httpStatus: "change.http_status"
    case .errorCode: "change.error_code"
    case .errorMessage: Self.message
    case .settledBy: "change.settled_by"
    }
  }

  private static func ofAddress(_ column: String) -> String {
    """
    (SELECT \(column) FROM address JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step \
    WHERE address.id = change.address)
    """
  }

  private static func connector(_ row: String) -> String {
    "(SELECT connector.connector_id FROM connector WHERE connector.id = \(row))"
  }

  private static func connectorName(_ row: String) -> String {
    "(SELECT connector_name.display_name FROM connector_name WHERE connector_name.id = \(row))"
  }

  private static func ofActor(_ column: String) -> String {
    "(SELECT actor.\(column) FROM actor WHERE actor.id = change.actor)"
  }

  private static func ofActor(_ column: String, type: String) -> String {
    "(SELECT actor.\(column) FROM actor WHERE actor.id = change.actor AND actor.actor_type = '\(type)')"
  }

  private static func ofActorName(_ column: String, type: String) -> String {
    """
    (SELECT actor_name.\(column) FROM actor_name JOIN actor ON actor.id = actor_name.actor \
    WHERE actor_name.id = personal.actor_name AND actor.actor_type = '\(type)')
    """
  }

  /// The text of an id that may be stored as 16 bytes.
  private static func requestID(_ column: String) -> String {
    """
    iif(typeof(\(column)) = 'blob', lower(printf('%s-%s-%s-%s-%s', substr(hex(\(column)), 1, 8), \
    substr(hex(\(column)), 9, 4), substr(hex(\(column)), 13, 4), substr(hex(\(column)), 17, 4), \
    substr(hex(\(column)), 21))), \(column))
    """
  }

  private static let message = """
    coalesce(change.error_message, (SELECT coalesce(actor_name.name, actor.actor_id, 'somebody') || ': ' || said.reason \
    FROM change_statement AS said JOIN actor ON actor.id = said.actor \
    LEFT JOIN actor_name ON actor_name.id = said.actor_name WHERE said.change = change.id))
    """
}
