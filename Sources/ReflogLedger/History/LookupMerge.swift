import ReflogModel
import ReflogStorage

/// Merges the changes that the lookups of a query plan find, within one read of the ledger.
///
/// The number of SQL queries depends on the number of wanted changes, and not on the number of values. Values whose
/// first change is behind all wanted changes are not read.
struct LookupMerge {
  private let plan: QueryPlan
  private let ids: ClosedRange<Int64>
  private let isAscending: Bool
  private let limit: Int
  private let db: any LedgerConnection
  private let rows: ChangeRows

  /// Creates a merge of the changes in a range of ids.
  ///
  /// - Parameters:
  ///   - plan: The plan, which has lookups.
  ///   - ids: The range of ids.
  ///   - isAscending: Whether the oldest change is first.
  ///   - limit: The maximum number of changes.
  ///   - rows: The reader of the changes.
  ///   - db: The connection of the read.
  init(
    _ plan: QueryPlan,
    in ids: ClosedRange<Int64>,
    isAscending: Bool,
    limit: Int,
    _ rows: ChangeRows,
    _ db: any LedgerConnection
  ) {
    (self.plan, self.ids, self.isAscending, self.limit) = (plan, ids, isAscending, limit)
    (self.rows, self.db) = (rows, db)
  }

  /// One value of a lookup, and the id of the first change that the value can find.
  private struct Candidate {
    let lookup: IndexLookup
    let value: SQLValue?
    let first: Int64
  }

  /// Returns the first changes that the lookups find, in the order of the query.
  func changes() throws -> [StoredChange] {
    guard plan.valueCount != 1 else {
      let candidates = (plan.lookups ?? []).map { ($0, $0.values.first) }
      return try candidates.flatMap { try rows.stored(condition(of: $0), arguments($1, ids), kept: plan.isCommon) }
    }
    let found = try foundIDs()
    guard !found.isEmpty else { return [] }
    return try rows.stored(
      "WHERE change.id IN (\(db.dialect.numbers(inArray: "?"))) ORDER BY change.id \(direction)",
      SQLArguments([found.list])
    )
  }

  /// Returns the ids of the first changes that the lookups find, in the order of the query.
  private func foundIDs() throws -> [Int64] {
    var found: [Int64] = []
    for candidate in try candidates() {
      var wanted = ids
      if found.count == limit, let last = found.last {
        guard isAscending ? candidate.first < last : candidate.first > last else { break }
        wanted = isAscending ? ids.lowerBound...last : last...ids.upperBound
      }
      let further = try rows.ids(
        condition(of: candidate.lookup),
        arguments(candidate.value, wanted),
        kept: plan.isCommon
      )
      let all = Set(found).union(further).sorted()
      found = Array((isAscending ? all : all.reversed()).prefix(limit))
    }
    return found
  }

  /// Returns the values that find at least one change in the range, in the order of the first change.
  private func candidates() throws -> [Candidate] {
    var candidates: [Candidate] = []
    for lookup in plan.lookups ?? [] {
      guard let column = lookup.column, let values = lookup.rows, values.count > 1 else {
        // The first change is not known. It is assumed to be the first change of the range, so it is read.
        let first = isAscending ? ids.lowerBound : ids.upperBound
        let values = lookup.column == nil ? [nil] : lookup.values.map(Optional.some)
        candidates += values.map { Candidate(lookup: lookup, value: $0, first: first) }
        continue
      }
      try db.forEach(
        """
        SELECT part.value, (
          SELECT change.id FROM change WHERE change.\(column) = part.value AND change.id BETWEEN :first AND :last
          ORDER BY change.id \(direction) LIMIT 1
        )
        FROM (\(db.dialect.numbers(inArray: ":rows"))) AS part
        """,
        ["first": ids.lowerBound, "last": ids.upperBound, "rows": values.list]
      ) { row in
        guard let first = try row.optionalInteger(1) else { return }
        candidates.append(Candidate(lookup: lookup, value: .integer(try row.integer(0)), first: first))
      }
    }
    return candidates.sorted { isAscending ? $0.first < $1.first : $0.first > $1.first }
  }

  /// Returns the SQL that follows ``ChangeRows/select`` for one value of a lookup.
  private func condition(of lookup: IndexLookup) -> String {
    plan.sql(lookup.sql(), isAscending: isAscending)
  }

  private func arguments(_ value: SQLValue?, _ ids: ClosedRange<Int64>) -> SQLArguments {
    var arguments = plan.arguments(in: ids, limit: limit)
    if let value { arguments = arguments + ["lookup": value] }
    return arguments
  }

  private var direction: String { isAscending ? "ASC" : "DESC" }
}

extension QueryPlan {
  /// Returns the SQL that follows ``ChangeRows/select``: a condition, the range of ids, and the filter if it is needed.
  func sql(_ condition: String, isAscending: Bool) -> String {
    """
    WHERE \(condition) AND change.id BETWEEN :first AND :last AND \(isExact ? FilterSQL.everything : filter.condition)
    ORDER BY change.id \(isAscending ? "ASC" : "DESC") LIMIT :limit
    """
  }

  /// Returns the arguments of ``sql(_:isAscending:)`` without the arguments of the condition.
  func arguments(in ids: ClosedRange<Int64>, limit: Int) -> SQLArguments {
    SQLArguments(isExact ? [:] : filter.arguments)
      + ["first": ids.lowerBound, "last": ids.upperBound, "limit": limit]
  }
}
