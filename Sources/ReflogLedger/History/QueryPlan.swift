import ReflogModel
import ReflogStorage

/// How a question about changes is put to the indexes: a range of ids, and index lookups of which every change that matches fulfils one.
/// Each lookup is a query of its own, since SQLite would sort everything that several of them find.
struct QueryPlan: Sendable {
  private(set) var first: Int64 = 1
  private(set) var last: Int64 = .max
  /// Nil if no index helps: then the range of ids is scanned.
  private(set) var lookups: [IndexLookup]?
  /// Whether the lookups find exactly the changes that match, each of them once.
  private(set) var isExact = false

  /// More lookups than this for one page would cost more than a scan.
  private static let maximumLookups = 256

  init(_ filter: ChangeFilter?, _ db: Connection) throws {
    guard let filter else { return }
    lookups = try IndexLookupResolver(db).lookups(filter)
    if let lookups, lookups.count > Self.maximumLookups { self.lookups = nil }
    isExact = lookups != nil && filter.isOneLookup
    for term in filter.conjuncts { try narrow(by: term, db) }
  }

  /// Times and ids go up together, so a bound of one is a bound of the other.
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
    // No change is settled before it was recorded.
    case (.resultDateTime, .lt, .time(let time)), (.resultDateTime, .le, .time(let time)):
      last = min(last, try ChangeTimes.lastID(notAfter: time, db))
    default: return
    }
  }
}

/// A condition on `change` that an index answers in the order of ids.
struct IndexLookup: Sendable {
  /// How few changes a lookup usually finds, fewest first. Of two lookups the one that finds fewer is used.
  enum Selectivity: Int, Comparable {
    case request, batch, result, connector, actor, step, flow, clientApp

    static func < (left: Selectivity, right: Selectivity) -> Bool { left.rawValue < right.rawValue }
  }

  let condition: String
  let selectivity: Selectivity
}

extension Filter<ChangeField> {
  /// The terms of which all must be true.
  var conjuncts: [ChangeFilter] {
    if case .and(let left, let right) = self { left.conjuncts + right.conjuncts } else { [self] }
  }

  /// Whether index lookups alone answer the filter, and find no change twice.
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
