import FoundationEssentials
import GRDB
import ReflogModel

/// A filter as a condition on the view `history`, its values bound.
struct FilterSQL: Sendable {
  private(set) var condition = ""
  private(set) var arguments: [String: any DatabaseValueConvertible & Sendable] = [:]

  init(_ filter: Filter?) {
    condition = filter.map { translate($0) } ?? "true"
  }

  private mutating func translate(_ filter: Filter) -> String {
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

  /// `IS` and `IS NOT` are true or false with NULL too; the other comparisons are made false.
  private mutating func compare(_ field: FilterField, _ comparison: Filter.Comparison, _ value: FilterValue) -> String {
    let expression = field.expression
    let bound =
      switch value {
      case .null: "NULL"
      case .text(let text): bind(text)
      case .number(let number): bind(number)
      case .time(let time): bind(time.microseconds)
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

  /// Byte by byte, as blobs. Everything begins with nothing, and holds it: `substr` and `instr` see that otherwise.
  private mutating func startsWith(_ field: FilterField, _ prefix: [UInt8]) -> String {
    prefix.isEmpty
      ? "(\(field.expression) IS NOT NULL)"
      : "coalesce(substr(\(field.bytes), 1, \(prefix.count)) = \(bind(Data(prefix))), 0)"
  }

  private mutating func contains(_ field: FilterField, _ part: [UInt8]) -> String {
    part.isEmpty
      ? "(\(field.expression) IS NOT NULL)" : "coalesce(instr(\(field.bytes), \(bind(Data(part)))) > 0, 0)"
  }

  private mutating func bind(_ value: some DatabaseValueConvertible & Sendable) -> String {
    let name = "filter\(arguments.count)"
    arguments[name] = value
    return ":" + name
  }

  private static func folded(_ text: String, _ field: FilterField) -> [UInt8] {
    Array((field.kind == .name ? text.asciiFolded : text).utf8)
  }
}

extension FilterField {
  /// What the field is in the view, with the collation by which it is compared.
  fileprivate var expression: String {
    switch kind {
    case .text: column + " COLLATE BINARY"
    case .name: column + " COLLATE NOCASE"
    case .number, .time: column
    }
  }

  /// The bytes of a text, as the field compares them.
  fileprivate var bytes: String {
    kind == .name ? "CAST(lower(\(column)) AS BLOB)" : "CAST(\(column) AS BLOB)"
  }

  private var column: String {
    switch self {
    case .id: "history.id"
    case .sequence: "history.sequence"
    case .activityDateTime: "history.activity_time"
    case .resultDateTime: "history.result_time"
    case .lastVerifiedDateTime: "history.last_verified_time"
    case .rollbackTo: "history.rollback_to"
    case .tenantId: "history.tenant_id"
    case .subject: "history.subject"
    case .flowType: "history.flow_type"
    case .flowId: "history.flow_id"
    case .step: "history.step"
    case .kind: "history.kind"
    case .result: "history.result"
    case .beforeState: "history.before_state"
    case .beforeConnectorId: "history.before_connector_id"
    case .beforeDisplayName: "history.before_display_name"
    case .afterState: "iif(history.created_connector_id IS NULL, history.after_state, 'connector')"
    case .afterConnectorId: "coalesce(history.created_connector_id, history.after_connector_id)"
    case .afterDisplayName:
      "iif(history.created_connector_id IS NULL, history.after_display_name, history.created_display_name)"
    case .actorType: "history.actor_type"
    case .actorProof: "history.actor_proof"
    case .ipAddress: "history.ip_address"
    case .userId: "iif(history.actor_type = 'user', history.actor_id, NULL)"
    case .userDisplayName: "iif(history.actor_type = 'user', history.actor_name, NULL)"
    case .userPrincipalName: "iif(history.actor_type = 'user', history.user_principal_name, NULL)"
    case .appId: "history.client_app_id"
    case .servicePrincipalId: "iif(history.actor_type = 'app', history.actor_id, NULL)"
    case .appDisplayName: "iif(history.actor_type = 'app', history.actor_name, NULL)"
    case .tokenId: "iif(history.actor_type = 'token', history.actor_id, NULL)"
    case .tokenDisplayName: "iif(history.actor_type = 'token', history.actor_name, NULL)"
    case .reason: "history.reason"
    case .correlationId: "history.correlation_id"
    case .requestId: "history.request_id"
    case .graphRequestId: "history.graph_request_id"
    case .rollbackOf: "history.rollback_of"
    case .batchId: "history.batch_id"
    case .httpStatus: "history.http_status"
    case .errorCode: "history.error_code"
    case .errorMessage: "history.error_message"
    case .settledBy: "history.settled_by"
    }
  }
}
