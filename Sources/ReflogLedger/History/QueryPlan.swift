import ReflogModel
import ReflogStorage

/// The plan of a query for changes: a range of ids, and the index lookups that find the changes in this range.
///
/// The lookups together find every change that matches the filter. Each lookup is a separate SQL query, because SQLite
/// would sort all found rows if one SQL query contained all lookups.
struct QueryPlan: Sendable {
  /// The first id of the range.
  private(set) var first: Int64 = 1
  /// The last id of the range.
  private(set) var last: Int64 = .max
  /// The index lookups, or nil if no index covers the filter, and all ids in the range must be scanned.
  private(set) var lookups: [IndexLookup]?
  /// Whether the lookups find only changes that match the filter, and no change is found twice.
  private(set) var isExact = false

  /// Whether many queries have the same SQL text as this plan, so that it is useful to keep the prepared statements.
  let isCommon: Bool

  /// The maximum number of lookups, because more lookups would cost more than a scan.
  private static let maximumLookups = 256

  /// Creates the plan of a query; if the filter is nil, the query selects all changes.
  init(_ filter: ChangeFilter?, _ db: any LedgerConnection) throws {
    isCommon = filter?.isCommon ?? true
    guard let filter else { return }
    lookups = try IndexLookupResolver(db).lookups(filter)
    if let lookups, lookups.count > Self.maximumLookups { self.lookups = nil }
    isExact = lookups != nil && filter.isOneLookup
    for term in filter.conjuncts { try narrow(by: term, db) }
  }

  /// Returns the range of ids that the query still has to read, or nil if no id is left.
  ///
  /// The range is the part of the plan's range that ends at `newest` and comes after `id` in the order of the query. In
  /// ascending order, these are the ids above `id`. In descending order, these are the ids below `id`.
  ///
  /// - Parameters:
  ///   - id: The last id that was already read, or nil if none was read.
  ///   - newest: The highest id that the query may return.
  ///   - isAscending: Whether the query reads changes from the lowest id to the highest.
  func ids(behind id: Int64?, upTo newest: Int64, isAscending: Bool) -> ClosedRange<Int64>? {
    var (lowest, highest) = (max(1, first), min(newest, last))
    if let id {
      if isAscending { lowest = max(lowest, id + 1) } else { highest = min(highest, id - 1) }
    }
    return lowest <= highest ? lowest...highest : nil
  }

  /// Narrows the range of ids with one term of the filter, if the term limits ids or times.
  ///
  /// A limit on times is also a limit on ids, because a change with a higher id never has an earlier time.
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

/// One index lookup: a condition on the table `change` whose index returns the changes in the order of their ids.
struct IndexLookup: Sendable {
  /// The kind of a lookup; the kinds that usually find the fewest changes are the first cases.
  enum Selectivity: Int, Comparable {
    case request, batch, result, connector, actor, step, flow, clientApp

    static func < (left: Selectivity, right: Selectivity) -> Bool { left.rawValue < right.rawValue }
  }

  let selectivity: Selectivity
  /// The condition as SQL. If the lookup has a value, the SQL ends with `= `, and ``sql(binding:)`` appends the
  /// placeholder.
  private let condition: String
  private let value: SQLValue?

  /// Creates a lookup whose condition needs no value.
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

  /// Returns the condition as SQL, with a placeholder such as `:lookup` for the value.
  ///
  /// - Parameter name: The name of the placeholder.
  func sql(binding name: String = "lookup") -> String { value == nil ? condition : condition + ":" + name }

  /// Returns the value for the placeholder with this name, or an empty dictionary if the lookup has no value.
  func arguments(binding name: String = "lookup") -> [String: SQLValue] { value.map { [name: $0] } ?? [:] }
}

extension Filter<ChangeField> {
  /// The terms of the filter that are combined with `and`, so each matching change must match all of them.
  var conjuncts: [ChangeFilter] {
    if case .and(let left, let right) = self { left.conjuncts + right.conjuncts } else { [self] }
  }

  /// Whether the SQL text depends only on the names of one or two fields, so that only few different SQL texts exist.
  fileprivate var isCommon: Bool {
    if case .comparison(_, .eq, _) = self { true } else { isOneLookup }
  }

  /// Whether the index lookups find exactly the changes that match the filter, and no change is found twice.
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
