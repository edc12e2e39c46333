import ReflogModel
import ReflogStorage

/// Finds the index lookups that can answer a filter.
struct IndexLookupResolver {
  private let db: any LedgerConnection
  private let identities: IdentityMatches
  private var dialect: any Dialect { db.dialect }

  /// Creates a resolver for one read.
  ///
  /// - Parameters:
  ///   - db: The connection of the read.
  ///   - identities: The rows of ids and names that match the filter's conditions on texts.
  init(_ db: any LedgerConnection, _ identities: IdentityMatches) {
    (self.db, self.identities) = (db, identities)
  }

  /// Returns index lookups that together find every change that matches the filter.
  ///
  /// The result is empty if no change can match. The result is nil if a scan is needed.
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
      return all.merged
    case .or(let left, let right):
      guard let left = try lookups(left), let right = try lookups(right) else { return nil }
      return (left + right).merged
    case .and(let left, let right):
      let terms = filter.conjuncts
      let special = try connectorLookups(terms) ?? addressLookups(terms)
      return better(special, better(try lookups(left), try lookups(right)))
    case .lowerCase(.oneOf(let field, let values)):
      return try lookups(values.map { .lowerCase(.comparison(field, .eq, $0)) })
    case .startsWith, .contains, .lowerCase: return identities[filter]?.lookups
    case .comparison, .not: return nil
    }
  }

  /// Returns lookups that together find every change that matches at least one of these filters.
  ///
  /// The result is nil if a scan is needed.
  func lookups(_ filters: [ChangeFilter]) throws -> [IndexLookup]? {
    var all: [IndexLookup] = []
    for filter in filters {
      if case .comparison(.plain(.id), .eq, .number(let id)) = filter {
        all.append(IndexLookup(column: "id", value: id.sqlValue, selectivity: .request))
        continue
      }
      guard let found = try lookups(filter) else { return nil }
      all += found
    }
    return all.merged
  }

  /// Returns lookups of the changes at the addresses that a filter selects.
  ///
  /// The terms of the filter must contain the flow id, and at least one of the flow type and the step. Otherwise the
  /// result is nil.
  private func addressLookups(_ terms: [ChangeFilter]) throws -> [IndexLookup]? {
    var wanted: [ChangeField.Plain: String] = [:]
    for term in terms {
      guard case .comparison(.plain(let field), .eq, .text(let text)) = term else { continue }
      if field == .flowId || field == .flowType || field == .step { wanted[field] = text }
    }
    guard let flow = wanted[.flowId], wanted.count > 1 else { return nil }
    let rows = try db.integers(
      """
      SELECT address.id FROM address JOIN flow ON flow.id = address.flow JOIN step ON step.id = address.step
      WHERE \(dialect.equalIgnoringCase("flow.flow_id", ":flow"))
        AND \(dialect.equalIgnoringCase("flow.flow_type", "coalesce(:flowType, flow.flow_type)"))
        AND \(dialect.equalIgnoringCase("step.name", "coalesce(:step, step.name)"))
      """,
      ["flow": flow, "flowType": wanted[.flowType], "step": wanted[.step]]
    )
    return lookup("address", rows, .step)
  }

  /// A list of lookups with more values than this number usually finds more changes than a list with at most this
  /// number.
  private static let manyValues = 64

  /// Returns lookups of the changes that were made to the connectors whose ids a filter contains.
  ///
  /// The result is nil if the filter does not require changes of connectors, or contains no ids of connectors.
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
  ///
  /// If each list has one lookup of row numbers, and both lookups use the same column, the result has only the row
  /// numbers that are in both lists.
  private func better(_ left: [IndexLookup]?, _ right: [IndexLookup]?) -> [IndexLookup]? {
    guard let left, let right else { return left ?? right }
    guard let leftWorst = left.map(\.selectivity).max() else { return left }
    guard let rightWorst = right.map(\.selectivity).max() else { return right }
    if left.count == 1, right.count == 1, left[0].column == right[0].column, let column = left[0].column,
      let leftRows = left[0].rows, let rightRows = right[0].rows
    {
      return lookup(column, Set(leftRows).intersection(rightRows).sorted(), min(leftWorst, rightWorst))
    }
    func cost(_ lookups: [IndexLookup], _ worst: IndexLookup.Selectivity) -> (Int, Int, Int) {
      (lookups.valueCount > Self.manyValues ? 1 : 0, worst.rawValue, lookups.valueCount)
    }
    return cost(left, leftWorst) <= cost(right, rightWorst) ? left : right
  }

  /// Returns the lookup of the changes that have this result, or nil if the result is `applied`.
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
    case .before(.connectorId): return lookup("before_connector", try connectors(text), .connector)
    case .after(.connectorId):
      let rows = try connectors(text)
      return lookup("after_connector", rows, .connector) + lookup("created_connector", rows, .connector)
    case .plain(.flowId):
      let rows = try rows(
        """
        SELECT address.id FROM address JOIN flow ON flow.id = address.flow
        WHERE \(dialect.equalIgnoringCase("flow.flow_id", "?"))
        """,
        text
      )
      return lookup("address", rows, .flow)
    case .initiatedBy(.userId): return try actors("user", text)
    case .initiatedBy(.servicePrincipalId): return try actors("app", text)
    case .initiatedBy(.tokenId): return try actors("token", text)
    case .initiatedBy(.userPrincipalName):
      let rows = try rows("SELECT DISTINCT actor FROM actor_name WHERE user_principal_name = ?", text)
      return lookup("actor", rows, .actor)
    case .initiatedBy(.userDisplayName), .initiatedBy(.appDisplayName), .initiatedBy(.tokenDisplayName):
      return lookup("actor", try rows("SELECT DISTINCT actor FROM actor_name WHERE name = ?", text), .actor)
    case .initiatedBy(.appId):
      return lookup("client_app", try rows("SELECT id FROM client_app WHERE app_id = ?", text), .clientApp)
    default: return nil
    }
  }

  /// Returns the lookup of the changes that an actor made.
  private func actors(_ type: String, _ id: String) throws -> [IndexLookup] {
    lookup("actor", try rows("SELECT id FROM actor WHERE actor_type = '\(type)' AND actor_id = ?", id), .actor)
  }

  /// Returns the row number of a connector as a list, which is empty if the connector has no row.
  private func connectors(_ id: String) throws -> [Int64] {
    try rows("SELECT id FROM connector WHERE \(dialect.equalIgnoringCase("connector_id", "?"))", id)
  }

  /// Returns the row numbers that an SQL query finds for a text.
  private func rows(_ sql: String, _ text: String) throws -> [Int64] { try db.integers(sql, [text]) }

  /// Returns a list with the lookup of the changes whose column holds one of these row numbers.
  ///
  /// The list is empty if there are no row numbers, because then no change can match.
  private func lookup(_ column: String, _ rows: [Int64], _ selectivity: IndexLookup.Selectivity) -> [IndexLookup] {
    rows.isEmpty ? [] : [IndexLookup(column: column, rows: rows, selectivity: selectivity)]
  }

  /// Returns the lookup of the changes whose column holds the id of a request.
  private func request(_ column: String, _ id: String, _ selectivity: IndexLookup.Selectivity) -> IndexLookup {
    IndexLookup(column: column, value: RequestIDColumn.value(of: id), selectivity: selectivity)
  }
}

extension ChangeFilter {
  /// The connector ids with which the filter compares the `before` or the `after` of a change.
  ///
  /// The value is nil if the filter has any other condition.
  fileprivate var connectorIDs: [String]? {
    switch self {
    case .comparison(.before(.connectorId), .eq, .text(let id)), .comparison(.after(.connectorId), .eq, .text(let id)):
      [id]
    case .or(let left, let right):
      if let left = left.connectorIDs, let right = right.connectorIDs { left + right } else { nil }
    case .comparison, .oneOf, .startsWith, .contains, .lowerCase, .and, .not: nil
    }
  }
}
