import ReflogModel
import ReflogStorage

/// The plan for a query for changes: a range of ids, and index lookups that together find every change that matches.
///
/// Each lookup is a separate SQL query. In one SQL query for all lookups, SQLite would sort all rows that the lookups
/// find.
struct QueryPlan: Sendable {
  /// The first id of the range.
  private(set) var first: Int64 = 1
  /// The last id of the range.
  private(set) var last: Int64 = .max
  /// The index lookups, or nil if no index covers the filter and the range of ids is scanned.
  private(set) var lookups: [IndexLookup]?
  /// Whether the lookups find only changes that match the filter, and find each change only once.
  private(set) var isExact = false
  /// The changes of connectors that also belong to the result, or nil if there are none.
  private(set) var impact: FlowImpact?

  /// Whether many queries have the same SQL text as this plan; the prepared statements are then kept for reuse.
  let isCommon: Bool

  /// The maximum number of lookups, because more lookups would cost more than a scan.
  static let maximumLookups = 256

  /// Plans a query; if the filter is nil, the query selects all changes.
  init(_ query: ChangeQuery, _ db: any LedgerConnection) throws {
    try self.init(query.filter, db)
    guard query.includesImpact, let filter = query.filter else { return }
    impact = try FlowImpact(filter, db)
    // A filter on flows and on changes of connectors is fulfilled only by the changes that the periods find.
    if let impact, impact.lookups == nil, filter.conjuncts.contains(.isOfConnector) { (lookups, isExact) = ([], true) }
  }

  /// Plans a query for the changes that match a filter; if the filter is nil, the query selects all changes.
  init(_ filter: ChangeFilter?, _ db: any LedgerConnection) throws {
    isCommon = filter?.isCommon ?? true
    guard let filter else { return }
    lookups = try IndexLookupResolver(db).lookups(filter)
    if let lookups, lookups.count > Self.maximumLookups { self.lookups = nil }
    isExact = lookups != nil && filter.isOneLookup
    for term in filter.conjuncts { try narrow(by: term, db) }
  }

  /// Returns the ids that the plan covers up to `newest` and that follow `id` in the order of the query.
  ///
  /// The result is nil if there are no such ids.
  func ids(behind id: Int64?, upTo newest: Int64, isAscending: Bool) -> ClosedRange<Int64>? {
    var (lowest, highest) = (max(1, first), min(newest, last))
    if let id {
      if isAscending { lowest = max(lowest, id + 1) } else { highest = min(highest, id - 1) }
    }
    return lowest <= highest ? lowest...highest : nil
  }

  /// Narrows the range of ids by a term of the filter.
  ///
  /// A change with a higher id never has an earlier time, so a bound on times is also a bound on ids.
  private mutating func narrow(by term: ChangeFilter, _ db: any LedgerConnection) throws {
    guard case .comparison(.plain(let field), let comparison, let value) = term else { return }
    switch (field, comparison, value) {
    case (.id, .eq, .number(let id)):
      first = max(first, id)
      last = min(last, id)
    case (.id, .ge, .number(let id)), (.id, .gt, .number(let id)): first = max(first, id)
    case (.id, .le, .number(let id)), (.id, .lt, .number(let id)): last = min(last, id)
    case (.activityDateTime, .ge, .time(let time)), (.activityDateTime, .gt, .time(let time)):
      first = max(first, try ChangeTimes.firstID(notBefore: time, db))
    case (.activityDateTime, .lt, .time(let time)):
      last = min(last, try ChangeTimes.firstID(notBefore: time, db) - 1)
    case (.activityDateTime, .le, .time(let time)):
      last = min(last, try ChangeTimes.lastID(notAfter: time, db))
    case (.activityDateTime, .eq, .time(let time)):
      first = max(first, try ChangeTimes.firstID(notBefore: time, db))
      last = min(last, try ChangeTimes.lastID(notAfter: time, db))
    // A change is never settled earlier than it was recorded. So all changes that were settled up to this time were
    // also recorded up to this time, and the last change that was recorded up to this time has the highest id.
    case (.resultDateTime, .lt, .time(let time)), (.resultDateTime, .le, .time(let time)):
      last = min(last, try ChangeTimes.lastID(notAfter: time, db))
    default: return
    }
  }
}

/// A condition on `change` for which an index returns the changes in the order of their ids.
struct IndexLookup: Sendable {
  /// The kind of a lookup; the kinds that usually find the fewest changes are first.
  enum Selectivity: Int, Comparable {
    case request, batch, result, connector, actor, step, flow, clientApp

    static func < (left: Selectivity, right: Selectivity) -> Bool { left.rawValue < right.rawValue }
  }

  let selectivity: Selectivity
  /// The condition in SQL; if the lookup has a value, the text ends with `= `, and the placeholder is appended later.
  private let condition: String
  private let value: SQLValue?

  /// Creates a lookup by a condition without a value.
  init(condition: String, selectivity: Selectivity) {
    self.condition = condition
    value = nil
    self.selectivity = selectivity
  }

  /// Creates a lookup of the changes whose column holds a value.
  init(column: String, value: SQLValue, selectivity: Selectivity) {
    self.init(expression: "change.\(column)", value: value, selectivity: selectivity)
  }

  /// Creates a lookup of the changes for which an SQL expression has a value.
  ///
  /// The expression may begin with other conditions that are joined by `AND`.
  init(expression: String, value: SQLValue, selectivity: Selectivity) {
    condition = expression + " = "
    self.value = value
    self.selectivity = selectivity
  }

  /// Returns the condition in SQL.
  ///
  /// - Parameter name: The name of the argument that holds the value.
  func sql(binding name: String = "lookup") -> String { value == nil ? condition : condition + ":" + name }

  /// Returns the value as an argument with this name, or no arguments if the lookup has no value.
  func arguments(binding name: String = "lookup") -> [String: SQLValue] { value.map { [name: $0] } ?? [:] }
}

extension Filter<ChangeField> {
  /// The terms of the filter that must all be true for each change that matches.
  var conjuncts: [ChangeFilter] {
    if case .and(let left, let right) = self { left.conjuncts + right.conjuncts } else { [self] }
  }

  /// The condition that a change was made to a connector.
  static var isOfConnector: ChangeFilter {
    .comparison(.plain(.subject), .eq, .text(Change.Subject.connector.word))
  }

  /// Whether the SQL text depends only on the names of one or two fields, so there are only few different SQL texts.
  fileprivate var isCommon: Bool {
    if case .comparison(_, .eq, _) = self { true } else { isOneLookup }
  }

  /// Whether the index lookups find exactly the changes that match the filter, and find each change only once.
  fileprivate var isOneLookup: Bool {
    switch self {
    case .comparison(.plain(.result), .ne, _): true
    case .comparison(.plain(let field), .eq, .text): [.flowId, .correlationId, .batchId, .result].contains(field)
    case .comparison(.before(.connectorId), .eq, .text): true
    case .comparison(.initiatedBy(let field), .eq, .text): [.userId, .servicePrincipalId, .tokenId].contains(field)
    case .and(.comparison(.plain(.flowId), .eq, .text), .comparison(.plain(.step), .eq, .text)): true
    default: false
    }
  }
}
