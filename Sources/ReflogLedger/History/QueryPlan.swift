import ReflogModel
import ReflogStorage

/// How the indexes answer a query for changes: a range of ids, and index lookups that together find every change that
/// matches.
///
/// Each lookup is a separate SQL query, because SQLite would sort all rows that several lookups find.
struct QueryPlan: Sendable {
  /// The first id of the range.
  private(set) var first: Int64 = 1
  /// The last id of the range.
  private(set) var last: Int64 = .max
  /// The index lookups, or nil if no index helps and the range of ids is scanned.
  private(set) var lookups: [IndexLookup]?
  /// Whether the lookups find exactly the changes that match, each of them once.
  private(set) var isExact = false

  /// Whether the SQL of the plan is one of few texts, so its statements can be kept.
  let isCommon: Bool

  /// The largest number of lookups: more of them would cost more than a scan.
  private static let maximumLookups = 256

  /// Plans a query with a filter, or without one if it is nil.
  init(_ filter: ChangeFilter?, _ db: Connection) throws {
    isCommon = filter?.isCommon ?? true
    guard let filter else { return }
    lookups = try IndexLookupResolver(db).lookups(filter)
    if let lookups, lookups.count > Self.maximumLookups { self.lookups = nil }
    isExact = lookups != nil && filter.isOneLookup
    for term in filter.conjuncts { try narrow(by: term, db) }
  }

  /// Returns the ids that the plan covers up to `newest` and after an id in the order of the query, or nil if there are
  /// none.
  func ids(behind id: Int64?, upTo newest: Int64, isAscending: Bool) -> ClosedRange<Int64>? {
    var (lowest, highest) = (max(1, first), min(newest, last))
    if let id {
      if isAscending { lowest = max(lowest, id + 1) } else { highest = min(highest, id - 1) }
    }
    return lowest <= highest ? lowest...highest : nil
  }

  /// Narrows the range of ids by a term of the filter.
  ///
  /// Times and ids rise together, so a bound on one is a bound on the other.
  private mutating func narrow(by term: ChangeFilter, _ db: Connection) throws {
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
    // A change is never settled before it was recorded.
    case (.resultDateTime, .lt, .time(let time)), (.resultDateTime, .le, .time(let time)):
      last = min(last, try ChangeTimes.lastID(notAfter: time, db))
    default: return
    }
  }
}

/// A condition on `change` that an index answers in the order of ids.
struct IndexLookup: Sendable {
  /// How few changes a lookup usually finds, fewest first.
  enum Selectivity: Int, Comparable {
    case request, batch, result, connector, actor, step, flow, clientApp

    static func < (left: Selectivity, right: Selectivity) -> Bool { left.rawValue < right.rawValue }
  }

  let selectivity: Selectivity
  /// The condition in SQL; if the lookup has a value, the condition ends with `= ` and the value follows.
  private let condition: String
  private let value: SQLValue?

  /// Creates a lookup by a condition that is always the same.
  init(condition: String, selectivity: Selectivity) {
    self.condition = condition
    value = nil
    self.selectivity = selectivity
  }

  /// Creates a lookup of the changes that have a value in a column.
  init(column: String, value: SQLValue, selectivity: Selectivity) {
    condition = "change.\(column) = "
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
  /// The terms that must all be true.
  var conjuncts: [ChangeFilter] {
    if case .and(let left, let right) = self { left.conjuncts + right.conjuncts } else { [self] }
  }

  /// Whether its SQL depends only on one or two fields, so there are few such texts.
  fileprivate var isCommon: Bool {
    if case .comparison(_, .eq, _) = self { true } else { isOneLookup }
  }

  /// Whether index lookups alone answer the filter and find no change twice.
  fileprivate var isOneLookup: Bool {
    switch self {
    case .comparison(.plain(.result), .ne, _): true
    case .comparison(.plain(let field), .eq, _): [.flowId, .correlationId, .batchId, .result].contains(field)
    case .comparison(.before(.connectorId), .eq, _): true
    case .comparison(.initiatedBy(let field), .eq, _): [.userId, .servicePrincipalId, .tokenId].contains(field)
    case .and(.comparison(.plain(.flowId), .eq, _), .comparison(.plain(.step), .eq, _)): true
    default: false
    }
  }
}
