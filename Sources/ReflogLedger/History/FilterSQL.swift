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
    case .id: "id"
    case .sequence: "sequence"
    case .activityDateTime: "activity_time"
    case .resultDateTime: "result_time"
    case .lastVerifiedDateTime: "last_verified_time"
    case .rollbackTo: "rollback_to"
    case .tenantId: "tenant_id"
    case .subject: "subject"
    case .flowType: "flow_type"
    case .flowId: "flow_id"
    case .step: "step"
    case .kind: "kind"
    case .result: "result"
    case .beforeState: "before_state"
    case .beforeConnectorId: "before_connector_id"
    case .beforeDisplayName: "before_display_name"
    case .afterState: "iif(created_connector_id IS NULL, after_state, 'connector')"
    case .afterConnectorId: "coalesce(created_connector_id, after_connector_id)"
    case .afterDisplayName: "iif(created_connector_id IS NULL, after_display_name, created_display_name)"
    case .actorType: "actor_type"
    case .actorProof: "actor_proof"
    case .ipAddress: "ip_address"
    case .userId: "iif(actor_type = 'user', actor_id, NULL)"
    case .userDisplayName: "iif(actor_type = 'user', actor_name, NULL)"
    case .userPrincipalName: "iif(actor_type = 'user', user_principal_name, NULL)"
    case .appId: "client_app_id"
    case .servicePrincipalId: "iif(actor_type = 'app', actor_id, NULL)"
    case .appDisplayName: "iif(actor_type = 'app', actor_name, NULL)"
    case .tokenId: "iif(actor_type = 'token', actor_id, NULL)"
    case .tokenDisplayName: "iif(actor_type = 'token', actor_name, NULL)"
    case .reason: "reason"
    case .correlationId: "correlation_id"
    case .requestId: "request_id"
    case .graphRequestId: "graph_request_id"
    case .rollbackOf: "rollback_of"
    case .batchId: "batch_id"
    case .httpStatus: "http_status"
    case .errorCode: "error_code"
    case .errorMessage: "error_message"
    case .settledBy: "settled_by"
    }
  }
}
