import ReflogModel
import ReflogStorage

/// Finds the index lookups that can answer a filter.
struct IndexLookupResolver {
  private let db: any LedgerConnection
  private var dialect: any Dialect { db.dialect }

  /// Creates a resolver for one read.
  init(_ db: any LedgerConnection) {
    self.db = db
  }

  /// Returns index lookups that together find every change that matches the filter.
  ///
  /// The result is empty if no change can match, and nil if a scan is needed.
  func lookups(_ filter: ChangeFilter) throws -> [IndexLookup]? {
    switch filter {
    case .comparison(let field, .eq, let value): return try lookups(field, value)
    case .comparison(.plain(.result), .ne, .text(Change.Result.applied.rawValue)),
      .not(.comparison(.plain(.result), .eq, .text(Change.Result.applied.rawValue))):
      return Change.Result.allCases.compactMap(lookup)
    case .oneOf(let field, let values):
      var all: [IndexLookup] = []
      for value in values {
        guard let found = try lookups(field, value) else { return nil }
        all += found
      }
      return all
    case .or(let left, let right):
      guard let left = try lookups(left), let right = try lookups(right) else { return nil }
      return left + right
    case .and(let left, let right):
      let terms = filter.conjuncts
      let special = try connectorLookups(terms) ?? addressLookups(terms)
      return better(special, better(try lookups(left), try lookups(right)))
    case .comparison, .startsWith, .contains, .not: return nil
    }
  }

  /// Returns lookups of the addresses that a filter selects by flow id together with a flow type or a step.
  ///
  /// The result is nil if the filter has no such terms.
  private func addressLookups(_ terms: [ChangeFilter]) throws -> [IndexLookup]? {
    var wanted: [ChangeField.Plain: String] = [:]
    for term in terms {
      guard case .comparison(.plain(let field), .eq, .text(let text)) = term else { continue }
      if field == .flowId || field == .flowType || field == .step { wanted[field] = text }
    }
    guard let flow = wanted[.flowId], wanted.count > 1 else { return nil }
    return try db.integers(
      """
      SELECT address.id FROM address JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step
      WHERE \(dialect.equalIgnoringCase("flow.flow_id", ":flow"))
        AND \(dialect.equalIgnoringCase("flow.flow_type", "coalesce(:flowType, flow.flow_type)"))
        AND \(dialect.equalIgnoringCase("step.name", "coalesce(:step, step.name)"))
      """,
      ["flow": flow, "flowType": wanted[.flowType], "step": wanted[.step]]
    ).map { equality("address", $0, .step) }
  }

  /// Returns the lookups of the changes that were made to connectors, if a filter selects these connectors by id.
  ///
  /// The result is nil if the filter has no such terms.
  private func connectorLookups(_ terms: [ChangeFilter]) throws -> [IndexLookup]? {
    guard terms.contains(.isOfConnector), let ids = terms.lazy.compactMap(\.connectorIDs).first else { return nil }
    return try Set(ids.map(\.asciiFolded)).flatMap { try connectors($0) }.map { row in
      IndexLookup(
        expression: "change.subject = 'connector' AND \(History.connector(of: "change"))",
        value: row.sqlValue,
        selectivity: .connector
      )
    }
  }

  /// Returns the list of lookups that usually finds fewer changes, or nil if both lists are nil.
  private func better(_ left: [IndexLookup]?, _ right: [IndexLookup]?) -> [IndexLookup]? {
    guard let left, let right else { return left ?? right }
    guard let leftWorst = left.map(\.selectivity).max() else { return left }
    guard let rightWorst = right.map(\.selectivity).max() else { return right }
    return (leftWorst.rawValue, left.count) <= (rightWorst.rawValue, right.count) ? left : right
  }

  /// Returns the lookup of the changes with a result, or nil for `applied`.
  ///
  /// Nearly all changes have the result `applied`, so no index covers this result.
  private func lookup(_ result: Change.Result) -> IndexLookup? {
    switch result {
    case .applied: nil
    case .pending:
      // Because of the subquery, SQLite reads the small index of pending changes instead of the large range of ids.
      IndexLookup(
        condition: """
          change.id IN (
            SELECT pending.id FROM \(dialect.table("change AS pending", index: "change_pending"))
            WHERE pending.result = 'pending'
          )
          """,
        selectivity: .result
      )
    case .rejected, .denied, .notApplied, .superseded, .unknown:
      IndexLookup(
        condition: "change.result = '\(result.rawValue)' AND change.result NOT IN ('applied', 'pending')",
        selectivity: .result
      )
    }
  }

  /// Returns the lookups of the changes that have a value in a field, or nil if no index covers the field.
  private func lookups(_ field: ChangeField, _ value: FilterValue) throws -> [IndexLookup]? {
    guard case .text(let text) = value else { return nil }
    switch field {
    case .plain(.correlationId): return [request("correlation_id", text, .request)]
    case .plain(.batchId): return [request("batch_id", text.asciiFolded, .batch)]
    case .plain(.result):
      guard let result = Change.Result(rawValue: text) else { return [] }
      return lookup(result).map { [$0] }
    case .before(.connectorId): return try connectors(text).map { equality("before_connector", $0, .connector) }
    case .after(.connectorId):
      return try connectors(text).flatMap { row in
        [equality("after_connector", row, .connector), equality("created_connector", row, .connector)]
      }
    case .plain(.flowId):
      return try rows(
        """
        SELECT address.id FROM address JOIN flow ON flow.id = address.flow
        WHERE \(dialect.equalIgnoringCase("flow.flow_id", "?"))
        """,
        text
      ).map { equality("address", $0, .flow) }
    case .initiatedBy(.userId): return try actors("user", text)
    case .initiatedBy(.servicePrincipalId): return try actors("app", text)
    case .initiatedBy(.tokenId): return try actors("token", text)
    case .initiatedBy(.userPrincipalName):
      return try rows("SELECT DISTINCT actor FROM actor_name WHERE user_principal_name = ?", text)
        .map { equality("actor", $0, .actor) }
    case .initiatedBy(.userDisplayName), .initiatedBy(.appDisplayName), .initiatedBy(.tokenDisplayName):
      return try rows("SELECT DISTINCT actor FROM actor_name WHERE name = ?", text)
        .map { equality("actor", $0, .actor) }
    case .initiatedBy(.appId):
      return try rows("SELECT id FROM client_app WHERE app_id = ?", text)
        .map { equality("client_app", $0, .clientApp) }
    default: return nil
    }
  }

  /// Returns the lookups of the changes that an actor made.
  private func actors(_ type: String, _ id: String) throws -> [IndexLookup] {
    try rows("SELECT id FROM actor WHERE actor_type = '\(type)' AND actor_id = ?", id)
      .map { equality("actor", $0, .actor) }
  }

  /// Returns the row number of a connector as a list, which is empty if the connector has no row.
  private func connectors(_ id: String) throws -> [Int64] {
    try rows("SELECT id FROM connector WHERE \(dialect.equalIgnoringCase("connector_id", "?"))", id)
  }

  /// Returns the row numbers that an SQL query finds for a text.
  private func rows(_ sql: String, _ text: String) throws -> [Int64] { try db.integers(sql, [text]) }

  /// Returns the lookup of the changes whose column refers to an identity row.
  private func equality(_ column: String, _ row: Int64, _ selectivity: IndexLookup.Selectivity) -> IndexLookup {
    IndexLookup(column: column, value: row.sqlValue, selectivity: selectivity)
  }

  /// Returns the lookup of the changes whose column holds the id of a request.
  private func request(_ column: String, _ id: String, _ selectivity: IndexLookup.Selectivity) -> IndexLookup {
    IndexLookup(column: column, value: RequestIDColumn.value(of: id), selectivity: selectivity)
  }
}

extension ChangeFilter {
  /// The connectors that the change may have before or after it, or nil if the filter has other conditions.
  fileprivate var connectorIDs: [String]? {
    switch self {
    case .comparison(.before(.connectorId), .eq, .text(let id)), .comparison(.after(.connectorId), .eq, .text(let id)):
      [id]
    case .or(let left, let right):
      if let left = left.connectorIDs, let right = right.connectorIDs { left + right } else { nil }
    case .comparison, .oneOf, .startsWith, .contains, .and, .not: nil
    }
  }
}
