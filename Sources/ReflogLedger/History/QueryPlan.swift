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
  /// The index lookups, or nil if all ids in the range must be scanned because no index covers the filter.
  private(set) var lookups: [IndexLookup]?
  /// Whether the lookups find only changes that match the filter, and find no change twice.
  private(set) var isExact = false
  /// The changes of connectors to add to the result, or nil if the query does not request these changes.
  private(set) var impact: FlowImpact?

  /// The filter as an SQL condition.
  let filter: FilterSQL
  /// The scan of the small table `change_personal`, which is used instead of a scan of all changes.
  ///
  /// If the plan also has lookups, the scan and the lookups together find the changes. The value is nil if lookups
  /// alone find the changes, or if the changes must be scanned.
  private(set) var personalScan: PersonalScan?
  /// The scan whose candidates ``ReasonIndex`` can find, or nil if the index can't be used.
  private(set) var indexedScan: PersonalScan?
  /// The scan that compares the filter with the changes that the lookups find.
  ///
  /// The value is nil if the plan has no lookups, or if no condition of the filter is on a text of `change_personal`.
  private(set) var lookupScan: PersonalScan?
  /// Whether ``indexedScan`` alone finds all changes that match the filter.
  ///
  /// If the value is false, the lookups and the scan together find the changes.
  private(set) var isIndexSufficient = true

  /// Whether many queries have the same SQL text as this plan.
  ///
  /// If true, the prepared statements are kept for reuse.
  let isCommon: Bool

  /// The maximum number of values that lookups search for, because more values would cost more than a scan.
  static let maximumValues = 10_000
  /// The maximum number of values for which lookups usually find few changes.
  private static let fewValues = 64

  /// Whether the lookups possibly find many changes that do not match the filter.
  ///
  /// If true, the newest changes are scanned before the lookups are used.
  var isBroad: Bool { !isExact && (lookups ?? []).valueCount > Self.fewValues }

  /// Creates the plan of a query; if the filter is nil, the query selects all changes.
  init(_ query: ChangeQuery, _ db: any LedgerConnection) throws {
    let identities = try IdentityMatches(query.filter, db)
    try self.init(query.filter, identities, db)
    guard query.includesImpact, let filter = query.filter else { return }
    impact = try FlowImpact(filter, identities, db)
    // The filter requires a flow and also a change of a connector. Changes of connectors have no flow, so only `impact`
    // finds changes for this filter, and no lookups are needed.
    if let impact, impact.lookups == nil, filter.conjuncts.contains(.isOfConnector) {
      (lookups, isExact, personalScan, indexedScan, lookupScan) = ([], true, nil, nil, nil)
    }
  }

  private init(_ filter: ChangeFilter?, _ identities: IdentityMatches, _ db: any LedgerConnection) throws {
    self.filter = FilterSQL(filter, identities, db.dialect)
    isCommon = filter?.isCommon ?? true
    guard let filter else { return }
    lookups = try IndexLookupResolver(db, identities).lookups(filter)
    if let found = lookups, found.valueCount > Self.maximumValues { lookups = nil }
    isExact = lookups != nil && filter.isAnsweredByLookups
    let scan = PersonalScan(filter, self.filter, db.dialect)
    if scan?.indexedText != nil { indexedScan = scan }
    if lookups == nil {
      personalScan = scan
      if personalScan == nil { try divide(filter, IndexLookupResolver(db, identities), db.dialect) }
    } else {
      lookupScan = scan
    }
    for term in filter.conjuncts { try narrow(by: term, db) }
  }

  /// Plans a filter that joins one condition on a text of `change_personal` by `or` to conditions that have index
  /// lookups.
  ///
  /// The scan of `change_personal` finds the changes that match the one condition. The lookups find the changes that
  /// match the other conditions.
  private mutating func divide(
    _ filter: ChangeFilter,
    _ resolver: IndexLookupResolver,
    _ dialect: any Dialect
  ) throws {
    let terms = filter.conjuncts
    for parts in terms.map(\.disjuncts) where parts.count > 1 {
      let tests = parts.filter(PersonalScan.isTest)
      guard tests.count == 1, let found = try resolver.lookups(parts.filter { !PersonalScan.isTest($0) }),
        found.valueCount <= Self.maximumValues
      else { continue }
      let isAlone = terms.allSatisfy { $0.isRange || $0.disjuncts == parts }
      personalScan = PersonalScan(of: tests[0], filteredBy: isAlone ? nil : self.filter, dialect)
      lookups = found.isEmpty ? nil : found
      if personalScan?.indexedText != nil { (indexedScan, isIndexSufficient) = (personalScan, found.isEmpty) }
      return
    }
  }

  /// Returns the lookups that find the changes that match the filter, or one lookup that scans the whole range of ids.
  ///
  /// - Parameter isScan: Whether to scan the range even if the plan has lookups. A plan without lookups always scans.
  func matching(scanning isScan: Bool) -> FilteredLookups {
    let lookups = isScan ? [.everything] : lookups ?? [.everything]
    guard !isExact else { return FilteredLookups(lookups) }
    return FilteredLookups(lookups, condition: filter.condition, arguments: filter.arguments)
  }

  /// Returns the range of ids that the query still has to read, or nil if no id is left.
  ///
  /// The range is the part of the plan's range that ends at `newest` and comes after `id` in the order of the query. In
  /// ascending order, these ids are higher than `id`. In descending order, these ids are lower than `id`.
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
    if case .oneOf(.plain(.id), let values) = term {
      let ids = values.compactMap { if case .number(let id) = $0 { id } else { nil } }
      first = max(first, ids.min() ?? .max)
      last = min(last, ids.max() ?? 0)
      return
    }
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
    // A change is never settled earlier than it was recorded. So every change that was settled up to this time was also
    // recorded up to this time. Its id is at most the id of the last change that was recorded up to this time.
    case (.resultDateTime, .lt, .time(let time)), (.resultDateTime, .le, .time(let time)):
      last = min(last, try ChangeTimes.lastID(notAfter: time, db))
    default: return
    }
  }
}

extension Filter<ChangeField> {
  /// The terms that `and` combines in the filter.
  ///
  /// A matching change must match all these terms.
  var conjuncts: [ChangeFilter] {
    if case .and(let left, let right) = self { left.conjuncts + right.conjuncts } else { [self] }
  }

  /// The terms that `or` combines in the filter.
  ///
  /// A matching change must match at least one of these terms.
  var disjuncts: [ChangeFilter] {
    if case .or(let left, let right) = self { left.disjuncts + right.disjuncts } else { [self] }
  }

  /// The condition that a change was made to a connector.
  static var isOfConnector: ChangeFilter {
    .comparison(.plain(.subject), .eq, .text(Change.Subject.connector.word))
  }

  /// Whether all filters of the same form as this filter have only a few different SQL texts.
  ///
  /// The texts of these filters differ only in one or two names of fields.
  fileprivate var isCommon: Bool {
    if case .comparison(_, .eq, _) = self { true } else { isAnsweredByLookups }
  }

  /// Whether the index lookups and the range of ids find exactly the changes that match the filter.
  fileprivate var isAnsweredByLookups: Bool {
    let terms = conjuncts.filter { !$0.isRange }
    guard let first = terms.first else { return false }
    if terms.count == 1 { return first.isOneLookup }
    return first.testedColumn != nil && terms.allSatisfy { $0.testedColumn == first.testedColumn }
      || terms.reduce(first) { $0 == $1 ? $0 : .and($0, $1) }.isOneLookup
  }

  /// Whether a range of ids contains exactly the changes that match the filter.
  var isRange: Bool {
    switch self {
    case .comparison(.plain(.activityDateTime), let comparison, .time): [.ge, .lt, .le, .eq].contains(comparison)
    case .comparison(.plain(.id), let comparison, .number): [.ge, .le, .eq].contains(comparison)
    default: false
    }
  }

  /// The indexed column in which a lookup finds exactly the changes that fulfil this condition on a text.
  ///
  /// The value is nil if there is no such column.
  private var testedColumn: String? {
    let field =
      if case .comparison(.plain(.flowId), .eq, .text) = self { ChangeField?.some(.plain(.flowId)) } else {
        TextTest.of(self)?.field
      }
    return switch field {
    case .plain(.flowId), .plain(.step): "address"
    case .before(.connectorId): "before_connector"
    case .initiatedBy(.userId), .initiatedBy(.servicePrincipalId), .initiatedBy(.tokenId): "actor"
    case .initiatedBy(.appId): "client_app"
    default: nil
    }
  }

  /// Whether the index lookups find exactly the changes that match the filter, and find each change only once.
  private var isOneLookup: Bool {
    switch self {
    case .comparison(.plain(.result), .ne, _): true
    case .comparison(.plain(let field), .eq, .text): [.flowId, .correlationId, .batchId, .result].contains(field)
    case .comparison(.before(.connectorId), .eq, .text): true
    case .comparison(.initiatedBy(let field), .eq, .text): [.userId, .servicePrincipalId, .tokenId].contains(field)
    case .and(.comparison(.plain(.flowId), .eq, .text), .comparison(.plain(.step), .eq, .text)): true
    default: testedColumn != nil
    }
  }
}
