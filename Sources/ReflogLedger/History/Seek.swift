import GRDB
import ReflogModel

/// An equality that an index of `change` answers, in the order of ids.
struct Seek: Sendable {
  /// How few changes an equality usually leaves, fewest first: of two, the one with the fewer is looked through.
  enum Selectivity: Int, Comparable {
    case request, batch, trouble, connector, actor, step, flow, clientApp

    static func < (left: Selectivity, right: Selectivity) -> Bool { left.rawValue < right.rawValue }
  }

  let condition: String
  let selectivity: Selectivity

  static func row(_ column: String, _ row: Int64, _ selectivity: Selectivity) -> Seek {
    Seek(condition: "change.\(column) = \(row)", selectivity: selectivity)
  }
}

/// How a question is put to the indexes: the ids that can be it, and equalities of which every change that is it fulfils
/// one. Each of them is asked for by itself: SQLite would sort all that several of them find.
struct SeekPlan: Sendable {
  private(set) var first: Int64 = 1
  private(set) var last: Int64 = .max
  /// Nothing where no index helps, so that changes are looked through in the order of ids.
  private(set) var seeks: [Seek]?
  /// Whether whatever fulfils one of the equalities is what is asked for, so that nothing else need be looked at.
  private(set) var isExact = false

  /// More than this for one page would cost more than looking through history.
  private static let maximumSeeks = 256

  init(_ filter: ChangeFilter?, _ db: Database) throws {
    guard let filter else { return }
    let resolver = SeekResolver(db)
    seeks = try resolver.seeks(filter)
    if let seeks, seeks.count > Self.maximumSeeks { self.seeks = nil }
    isExact = seeks != nil && filter.isAnEqualityOfItsOwn
    for term in filter.conjuncts { try narrow(by: term, db) }
  }

  /// Times and ids go up together, so a bound of one is a bound of the other.
  private mutating func narrow(by term: ChangeFilter, _ db: Database) throws {
    guard case .comparison(let field, let comparison, let value) = term else { return }
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
    // No change is settled before it was asked for.
    case (.resultDateTime, .lt, .time(let time)), (.resultDateTime, .le, .time(let time)):
      last = min(last, try ChangeTimes.lastID(notAfter: time, db))
    default: return
    }
  }
}

extension Filter<ChangeField> {
  /// What all of it has to be true.
  var conjuncts: [ChangeFilter] {
    if case .and(let left, let right) = self { left.conjuncts + right.conjuncts } else { [self] }
  }

  /// Whether an index says all of it, one change one time.
  fileprivate var isAnEqualityOfItsOwn: Bool {
    switch self {
    case .comparison(.result, .ne, _): true
    case .comparison(let field, .eq, _):
      [.flowId, .beforeConnectorId, .correlationId, .batchId, .result, .userId, .servicePrincipalId, .tokenId]
        .contains(field)
    case .and(.comparison(.flowId, .eq, _), .comparison(.step, .eq, _)): true
    default: false
    }
  }
}
