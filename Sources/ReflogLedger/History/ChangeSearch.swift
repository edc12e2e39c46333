import ReflogModel
import ReflogStorage

/// Finds the changes that match a query, in a range of ids.
///
/// The result contains the changes that match the filter. If the query includes the impact on flows, the result also
/// contains the changes of connectors that ``FlowImpact`` finds. No change is found twice.
struct ChangeSearch: Sendable {
  /// The result of a search: the found changes, in the order of the query, and the searched ids.
  struct Found: Sendable {
    let changes: [StoredChange]
    /// The ids that were searched, or nil if no ids were searched.
    ///
    /// If the search ended early, these ids are only a part of the requested range.
    let ids: ClosedRange<Int64>?
  }

  let plan: QueryPlan
  private let isAscending: Bool
  private let dialect: any Dialect

  /// Plans the search for the changes of a query.
  init(_ query: ChangeQuery, _ db: any LedgerConnection) throws {
    plan = try QueryPlan(query, db)
    isAscending = query.isAscending
    dialect = db.dialect
  }

  /// Returns at most `limit` changes in a range of ids, in the order of the query.
  ///
  /// - Parameters:
  ///   - ids: The range of ids.
  ///   - candidates: The ids of the changes that ``ReasonIndex`` found for the plan's indexed scan, or nil if the index
  ///     was not used.
  ///   - isScan: Whether to compare all changes in the range with the filter, even if the plan has index lookups.
  ///   - limit: The maximum number of changes.
  ///   - lookedUp: The maximum number of changes that lookups find, if each of these changes must then be compared with
  ///     the filter. Otherwise this limit is not used.
  ///   - rows: The reader of the changes.
  ///   - db: The connection of the read.
  func changes(
    in ids: ClosedRange<Int64>,
    among candidates: [Int64]? = nil,
    scanning isScan: Bool,
    limit: Int,
    lookedUp: Int = 1000,
    _ rows: ChangeRows,
    _ db: any LedgerConnection
  ) throws -> Found {
    let (ids, candidates) = try narrowed(ids, candidates, scanning: isScan, lookedUp: lookedUp, db)
    let source = plan.matching(scanning: isScan)
    if candidates == nil, plan.impact == nil, plan.personalScan == nil, source.lookups.valueCount == 1,
      let lookup = source.lookups.first
    {
      let arguments = source.arguments(lookup.values.first, in: ids, limit: limit)
      let condition = source.sql(lookup, isAscending: isAscending)
      return Found(changes: try rows.stored(condition, arguments, kept: plan.isCommon), ids: ids)
    }
    // The filter and the impact each find up to `limit` ids, but only `limit` ids are needed in total. So the ids are
    // merged before the rows are read.
    var found: Set<Int64> = []
    if !isScan || plan.lookups == nil {
      found.formUnion(try scannedIDs(in: ids, among: candidates, limit: limit, db))
    }
    let isFromIndexAlone = candidates != nil && plan.isIndexSufficient
    if !isFromIndexAlone, plan.lookups != nil || plan.personalScan == nil {
      found.formUnion(try lookupIDs(source, in: ids, limit: limit, rows, db))
    }
    var searched = ids
    if let lookups = plan.impact?.filteredLookups(dialect) {
      found.formUnion(try lookupIDs(lookups, in: ids, limit: limit, rows, db))
    } else if let impact = plan.impact {
      // If the filter found `limit` changes, no change is needed that comes after the last of these changes in the
      // order of the query. So the search for changes of connectors ends at the last of these changes.
      if let last = first(limit, of: found).last, found.count >= limit {
        searched = isAscending ? ids.lowerBound...last : last...ids.upperBound
      }
      let more = try impact.search(searched, ascending: isAscending, limit: limit, rows, kept: plan.isCommon, db)
      searched = more.searched
      found = found.union(more.found).filter(searched.contains)
    }
    guard !found.isEmpty else { return Found(changes: [], ids: searched) }
    let changes = try rows.stored(
      "WHERE change.id IN (\(dialect.numbers(inArray: "?"))) ORDER BY change.id \(order)",
      SQLArguments([first(limit, of: found).list])
    )
    return Found(changes: changes, ids: searched)
  }

  /// The number of changes that lookups may find for each candidate of the index of reasons.
  ///
  /// The ids of these changes are read from an index, and are not compared with the filter. So even several changes
  /// cost less than one candidate.
  private static let lookedUpForACandidate = 10

  /// Returns the range of ids to search, and the ids of the changes in this range that can match.
  ///
  /// A plan can have lookups, and a scan of only those changes that the lookups find. For such a plan, the changes that
  /// can match are:
  /// - if the index of reasons found candidates: those candidates that the lookups find too. If the lookups find too
  ///   many changes, all candidates are returned.
  /// - otherwise: the changes that the lookups find. If the lookups find too many changes, only a part of the range is
  ///   returned.
  ///
  /// For every other plan, the range and the candidates are returned unchanged.
  private func narrowed(
    _ ids: ClosedRange<Int64>,
    _ candidates: [Int64]?,
    scanning isScan: Bool,
    lookedUp: Int,
    _ db: any LedgerConnection
  ) throws -> (ids: ClosedRange<Int64>, candidates: [Int64]?) {
    guard !isScan, plan.lookupScan != nil, let lookups = plan.lookups, candidates?.isEmpty != true else {
      return (ids, candidates)
    }
    let limit = candidates.map { $0.count * Self.lookedUpForACandidate } ?? lookedUp
    let all = FilteredLookups(lookups).all(binding: "lookup", dialect)
    guard !all.queries.isEmpty else { return (ids, []) }
    // Only a search without candidates needs the changes in the order of the query.
    let sorting = candidates == nil ? "ORDER BY id \(order)" : ""
    let found = try db.integers(
      "SELECT id FROM (\(all.queries.joined(separator: " UNION "))) AS found \(sorting) LIMIT :limit",
      all.arguments + ["first": ids.lowerBound, "last": ids.upperBound, "limit": limit],
      kept: false
    )
    if let candidates {
      guard found.count < limit else { return (ids, candidates) }
      let found = Set(found)
      return (ids, candidates.filter(found.contains))
    }
    guard found.count == limit, let end = found.last else { return (ids, found) }
    return (isAscending ? ids.lowerBound...end : end...ids.upperBound, found)
  }

  /// Returns the ids of at most `limit` changes that the plan's ``PersonalScan`` finds, in the order of the query.
  private func scannedIDs(
    in ids: ClosedRange<Int64>,
    among candidates: [Int64]?,
    limit: Int,
    _ db: any LedgerConnection
  ) throws -> [Int64] {
    guard candidates?.isEmpty != true, let scan = scan(among: candidates) else { return [] }
    return try db.integers(
      "\(scan.select) ORDER BY personal.change \(order) LIMIT :limit",
      scan.arguments + ["first": ids.lowerBound, "last": ids.upperBound, "limit": limit],
      kept: false
    )
  }

  /// Returns the SQL of the plan's scan, and the arguments of the SQL except the first and the last id to search.
  ///
  /// - Parameters:
  ///   - candidates: The only changes that can match, or nil if the index of reasons was not used.
  ///   - isJoined: Whether the SQL is a part of another query that already has the arguments of the whole filter.
  private func scan(
    among candidates: [Int64]?,
    joined isJoined: Bool = false
  ) -> (select: String, arguments: SQLArguments)? {
    guard let scan = candidates == nil ? plan.personalScan : plan.indexedScan ?? plan.lookupScan else { return nil }
    let arguments = isJoined ? scan.testArguments : scan.conditionArguments
    guard let candidates else { return (scan.select(), arguments) }
    return (
      scan.select(among: dialect.numbers(inArray: ":candidates")),
      arguments + SQLArguments(["candidates": candidates.list])
    )
  }

  /// Returns the ids of at most `limit` changes that the index lookups find, in the order of the query.
  private func lookupIDs(
    _ source: FilteredLookups,
    in ids: ClosedRange<Int64>,
    limit: Int,
    _ rows: ChangeRows,
    _ db: any LedgerConnection
  ) throws -> [Int64] {
    try LookupMerge(source, in: ids, isAscending: isAscending, limit: limit, isCommon: plan.isCommon, rows, db)
      .foundIDs()
  }

  /// Returns at most `limit` of the ids, in the order of the query.
  private func first(_ limit: Int, of ids: Set<Int64>) -> [Int64] {
    Array(ids.sorted { isAscending ? $0 < $1 : $1 < $0 }.prefix(limit))
  }

  /// The sort order of ids in SQL.
  private var order: String { isAscending ? "ASC" : "DESC" }

  /// The maximum number of changes of connectors that one read counts.
  ///
  /// The maximum limits the memory that the read needs.
  private static let counted = 50_000

  /// Counts the changes in a range of ids that match the query, beginning with the lowest id.
  ///
  /// - Parameters:
  ///   - ids: The range of ids.
  ///   - candidates: The ids of the changes that ``ReasonIndex`` found for the plan's indexed scan, or nil if the index
  ///     was not used.
  ///   - rows: The reader of the changes.
  ///   - db: The connection of the read.
  /// - Returns: The number of changes, and the ids that were searched. If the search ended early, these ids are only a
  ///   part of the requested range.
  func count(
    in ids: ClosedRange<Int64>,
    among candidates: [Int64]?,
    _ rows: ChangeRows,
    _ db: any LedgerConnection
  ) throws -> (number: Int, ids: ClosedRange<Int64>) {
    guard let impact = plan.impact, impact.lookups == nil else {
      return (try queriedCount(in: ids, among: candidates, db), ids)
    }
    let more = try impact.search(ids, ascending: true, limit: Self.counted, rows, kept: false, db)
    return (try queriedCount(in: more.searched, among: candidates, db) + more.found.count, more.searched)
  }

  /// Runs the SQL queries of the plan for a range of ids, and returns the number of changes that the queries find.
  private func queriedCount(
    in ids: ClosedRange<Int64>,
    among candidates: [Int64]?,
    _ db: any LedgerConnection
  ) throws -> Int {
    var matching = plan.matching(scanning: plan.lookups == nil).all(binding: "lookup", dialect)
    let isScanSufficient = plan.lookups == nil || (candidates != nil && plan.isIndexSufficient)
    if let scan = scan(among: candidates, joined: !isScanSufficient) {
      matching =
        isScanSufficient
        ? ([scan.select], scan.arguments)
        : (matching.queries + [scan.select], matching.arguments + scan.arguments)
    }
    let further = plan.impact?.filteredLookups(dialect)?.all(binding: "further", dialect)
    let queries = matching.queries + (further?.queries ?? [])
    guard !queries.isEmpty else { return 0 }
    let range: SQLArguments = ["first": ids.lowerBound, "last": ids.upperBound]
    let isDisjoint = plan.isExact && further == nil
    let count = try db.integer(
      "SELECT count(*) FROM (\(queries.joined(separator: isDisjoint ? " UNION ALL " : " UNION "))) AS matching",
      matching.arguments + (further?.arguments ?? [:]) + range,
      kept: false
    )
    return Int(count ?? 0)
  }

  /// The SQL queries that would read a page of 100 changes.
  ///
  /// Reflog does not run these queries, but asks the database for their query plan.
  var planned: [(sql: String, arguments: SQLArguments)] {
    let sources = [plan.matching(scanning: plan.lookups == nil), plan.impact?.filteredLookups(dialect)]
    let queries = sources.compactMap(\.self).flatMap { source in
      source.lookups.map { lookup in
        (
          sql: "\(ChangeRows.select) \(source.sql(lookup, isAscending: isAscending))",
          arguments: source.arguments(lookup.values.first, in: 1...Int64.max, limit: 100)
        )
      }
    }
    guard let impact = plan.impact, impact.lookups == nil else { return queries }
    let period: SQLArguments = ["address": 1, "start": 1, "lowest": 1, "highest": Int64.max - 1, "count": 100]
    let edits: SQLArguments = ["first": 1, "last": Int64.max, "limit": 100, "connector": 1]
    return queries + [
      (CallPeriods.sql(ascending: isAscending, dialect), period),
      (
        "\(ChangeRows.select) \(impact.changesOfPeriod(ascending: isAscending))",
        SQLArguments(impact.filter.arguments) + edits
      ),
    ]
  }
}
