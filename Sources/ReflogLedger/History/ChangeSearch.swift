import ReflogModel
import ReflogStorage

/// Finds the changes of a query in a range of ids.
struct ChangeSearch: Sendable {
  /// Changes in the order of the query.
  struct Found: Sendable {
    let changes: [StoredChange]
    /// The ids that were searched. They are fewer than the ids in the requested range if the search ended early.
    let ids: ClosedRange<Int64>
  }

  let plan: QueryPlan
  private let filter: FilterSQL
  private let isAscending: Bool
  private let dialect: any Dialect

  /// Creates the search of a planned query.
  init(_ query: ChangeQuery, _ plan: QueryPlan, _ dialect: any Dialect) {
    self.plan = plan
    filter = FilterSQL(query.filter, dialect)
    isAscending = query.isAscending
    self.dialect = dialect
  }

  /// Returns the first changes in a range of ids.
  func changes(
    in ids: ClosedRange<Int64>,
    limit: Int,
    _ rows: ChangeRows,
    _ db: any LedgerConnection
  ) throws -> Found {
    let queries = queries.map { query in
      (query.condition, query.arguments + ["first": ids.lowerBound, "last": ids.upperBound, "limit": limit])
    }
    if let query = queries.first, queries.count == 1, plan.impact == nil {
      return Found(changes: try rows.stored(query.0, query.1, kept: plan.isCommon), ids: ids)
    }
    // Each lookup returns up to `limit` ids, but only the first `limit` ids of all lookups are needed. So the ids are
    // merged before the rows are read.
    var found = Set(try queries.flatMap { try rows.ids($0.0, $0.1, kept: plan.isCommon) })
    var searched = ids
    if let impact = plan.impact, impact.lookups == nil {
      // Changes of connectors behind the last change that is needed are not read.
      if let last = first(limit, of: found).last, found.count >= limit {
        searched = isAscending ? ids.lowerBound...last : last...ids.upperBound
      }
      let more = try impact.search(searched, ascending: isAscending, limit: limit, rows, kept: plan.isCommon, db)
      searched = more.searched
      found = found.union(more.found).filter(searched.contains)
    }
    let changes = try rows.stored(
      "WHERE change.id IN (\(dialect.numbers(inArray: "?"))) ORDER BY change.id \(order)",
      [JSONValue.array(first(limit, of: found).map { .integer($0) }).text]
    )
    return Found(changes: changes, ids: searched)
  }

  /// Returns the first ids in the order of the query.
  private func first(_ limit: Int, of ids: Set<Int64>) -> ArraySlice<Int64> {
    ids.sorted { isAscending ? $0 < $1 : $1 < $0 }.prefix(limit)
  }

  /// The order of ids in SQL.
  private var order: String { isAscending ? "ASC" : "DESC" }

  /// The SQL queries of the lookups.
  ///
  /// Each query consists of the condition that follows ``ChangeRows/select``, and the arguments of the condition. The
  /// caller adds the arguments `:first`, `:last` and `:limit`.
  private var queries: [(condition: String, arguments: SQLArguments)] {
    let (filtered, arguments) = plan.isExact ? (FilterSQL.everything, [:]) : (filter.condition, filter.arguments)
    func query(_ lookup: IndexLookup?, _ filtered: String, _ arguments: [String: SQLValue])
      -> (condition: String, arguments: SQLArguments)
    {
      let condition = """
        WHERE \(lookup?.sql() ?? FilterSQL.everything) AND change.id BETWEEN :first AND :last AND \(filtered)
        ORDER BY change.id \(order) LIMIT :limit
        """
      return (condition, SQLArguments(arguments) + SQLArguments(lookup?.arguments() ?? [:]))
    }
    let own = plan.lookups?.map { query($0, filtered, arguments) } ?? [query(nil, filtered, arguments)]
    guard let impact = plan.impact, let lookups = impact.lookups else { return own }
    let bound = impact.filter.arguments.merging(impact.arguments) { first, _ in first }
    return own + lookups.map { query($0, impact.condition(dialect), bound) }
  }

  /// The maximum number of changes of connectors that one read counts, so that the read needs little memory.
  private static let counted = 50_000

  /// Counts the matching changes in a range of ids from the lowest id on.
  ///
  /// - Returns: The number, and the ids that were searched. They are fewer than the ids in the requested range if the
  ///   search ended early.
  func count(
    in ids: ClosedRange<Int64>,
    _ rows: ChangeRows,
    _ db: any LedgerConnection
  ) throws -> (number: Int, ids: ClosedRange<Int64>) {
    guard let impact = plan.impact, impact.lookups == nil else { return (try ownCount(in: ids, db), ids) }
    let more = try impact.search(ids, ascending: true, limit: Self.counted, rows, kept: false, db)
    return (try ownCount(in: more.searched, db) + more.found.count, more.searched)
  }

  /// Returns how many changes in a range of ids the lookups find.
  private func ownCount(in ids: ClosedRange<Int64>, _ db: any LedgerConnection) throws -> Int {
    let impact = plan.impact.flatMap { impact in impact.lookups.map { (lookups: $0, impact: impact) } }
    let condition = plan.isExact ? nil : filter.condition
    let own: [(lookup: IndexLookup?, filter: String?)] = plan.lookups?.map { ($0, condition) } ?? [(nil, condition)]
    let further: [(lookup: IndexLookup?, filter: String?)] =
      impact.map { pair in pair.lookups.map { ($0, pair.impact.condition(dialect)) } } ?? []
    let sources = own + further
    guard !sources.isEmpty else { return 0 }
    var arguments: SQLArguments = ["first": ids.lowerBound, "last": ids.upperBound]
    let queries = sources.enumerated().map { index, source in
      arguments = arguments + SQLArguments(source.lookup?.arguments(binding: "lookup\(index)") ?? [:])
      let condition = source.lookup?.sql(binding: "lookup\(index)") ?? FilterSQL.everything
      guard let filter = source.filter else {
        return "SELECT change.id FROM change WHERE \(condition) AND change.id BETWEEN :first AND :last"
      }
      return """
        SELECT change.id FROM change LEFT JOIN change_personal AS personal ON personal.change = change.id
        WHERE \(condition) AND change.id BETWEEN :first AND :last AND \(filter)
        """
    }
    if !plan.isExact, !own.isEmpty { arguments = arguments + SQLArguments(filter.arguments) }
    if let impact, !impact.lookups.isEmpty {
      arguments = arguments + SQLArguments(impact.impact.filter.arguments) + SQLArguments(impact.impact.arguments)
    }
    let isDisjoint = plan.isExact && impact == nil
    let count = try db.integer(
      "SELECT count(*) FROM (\(queries.joined(separator: isDisjoint ? " UNION ALL " : " UNION "))) AS matching",
      arguments,
      kept: false
    )
    return Int(count ?? 0)
  }

  /// Returns the SQL queries for a page of 100 changes, for the query plan that the database reports.
  func planned(_ dialect: any Dialect) -> [(sql: String, arguments: SQLArguments)] {
    let range: SQLArguments = ["first": 1, "last": Int64.max, "limit": 100]
    let own = queries.map { ("\(ChangeRows.select) \($0.condition)", $0.arguments + range) }
    guard let impact = plan.impact, impact.lookups == nil else { return own }
    let period: SQLArguments = ["address": 1, "start": 1, "lowest": 1, "highest": Int64.max - 1, "count": 100]
    let changes = "\(ChangeRows.select) \(impact.changesOfPeriod(ascending: isAscending))"
    return own + [
      (CallPeriods.sql(ascending: isAscending, dialect), period),
      (changes, SQLArguments(impact.filter.arguments) + range + ["connector": 1]),
    ]
  }
}
