package import ReflogModel
import ReflogStorage

/// Changes that were found, and where to go on.
package struct HistoryPiece: Sendable {
  package let changes: [Change]
  /// The next piece begins behind this id. Nil if this piece is the last.
  package let end: Change.ID?
}

extension History {
  /// How many ids one short read covers, at first and at most, if it scans. At the end a read takes about a second where the filter is
  /// expensive.
  private static let scanSizes = (first: Int64(20_000), last: Int64(640_000))
  /// The same if an index leaves few of them to compare with the filter.
  private static let lookupSizes = (first: Int64(320_000), last: Int64(5_120_000))
  /// The same if every change that is found matches.
  private static let exactSizes = (first: Int64.max, last: Int64.max)
  /// How much more each read covers than the one before it.
  private static let growth: Int64 = 4

  /// The next changes that a query asks for, each as it was logged: at most `limit`, in the order of the query.
  ///
  /// If an index answers the query, or nearly all changes match, this takes the same time whatever the history holds. If not, it ends
  /// once it has taken longer than `patience`, with what it found until then. Throws ``LedgerError/altered(_:)`` if the row of a change
  /// is not what was logged.
  ///
  /// - Parameters:
  ///   - id: the piece begins behind this id.
  ///   - last: the newest change that counts.
  package func piece(
    of query: ChangeQuery,
    behind id: Change.ID?,
    upTo last: Change.ID? = nil,
    limit: Int,
    patience: Duration
  ) async throws(LedgerError) -> HistoryPiece {
    let start = ContinuousClock.now
    let (plan, newest) = try await read { db in (try QueryPlan(query.filter, db), try Self.newestNumber(db)) }
    let filter = FilterSQL(query.filter)
    var (lowest, highest) = (max(1, plan.first), min(newest, plan.last, last?.number ?? .max))
    if let id {
      if query.isAscending { lowest = max(lowest, id.number + 1) } else { highest = min(highest, id.number - 1) }
    }
    guard lowest <= highest else { return HistoryPiece(changes: [], end: nil) }
    var rest = lowest...highest
    var found: [Change] = []
    let sizes =
      plan.isExact || query.filter == nil ? Self.exactSizes : plan.lookups == nil ? Self.scanSizes : Self.lookupSizes
    var size = sizes.first
    while true {
      let ids = rest.part(of: size, fromBelow: query.isAscending)
      let wanted = limit - found.count
      found += try await read { db in
        try changes(plan.lookups, filter, in: ids, ascending: query.isAscending, limit: wanted, db)
      }
      if found.count >= limit, let last = found.last { return HistoryPiece(changes: found, end: last.id) }
      guard let further = rest.without(ids, fromBelow: query.isAscending) else {
        return HistoryPiece(changes: found, end: nil)
      }
      if ContinuousClock.now - start > patience {
        return HistoryPiece(changes: found, end: Change.ID(query.isAscending ? ids.upperBound : ids.lowerBound))
      }
      rest = further
      size = min(size * Self.growth, sizes.last)
    }
  }

  /// How many changes match a query, or nil if they can't be counted within `patience`. It takes longer the more there are.
  package func count(_ query: ChangeQuery, patience: Duration) async throws(LedgerError) -> Int? {
    let start = ContinuousClock.now
    let (plan, newest) = try await read { db in (try QueryPlan(query.filter, db), try Self.newestNumber(db)) }
    let filter = FilterSQL(query.filter)
    let (first, last) = (max(1, plan.first), min(newest, plan.last))
    guard first <= last else { return 0 }
    var rest = first...last
    var count = 0
    while true {
      let ids = rest.part(of: plan.lookups == nil ? Self.scanSizes.last : Self.lookupSizes.last, fromBelow: true)
      count += try await read { db in try Self.count(plan, filter, in: ids, db) }
      guard let further = rest.without(ids, fromBelow: true) else { return count }
      if ContinuousClock.now - start > patience { return nil }
      rest = further
    }
  }

  private static func newestNumber(_ db: Connection) throws -> Int64 {
    try db.integer("SELECT max(id) FROM change") ?? 0
  }

  private func changes(
    _ lookups: [IndexLookup]?,
    _ filter: FilterSQL,
    in ids: ClosedRange<Int64>,
    ascending: Bool,
    limit: Int,
    _ db: Connection
  ) throws -> [Change] {
    let rows = ChangeRows(db, identities)
    let conditions = Self.conditions(lookups, filter, ascending: ascending)
    let arguments =
      SQLArguments(filter.arguments) + ["first": ids.lowerBound, "last": ids.upperBound, "limit": limit]
    if conditions.count == 1 {
      return try rows.checked(
        conditions[0],
        arguments,
        kept: lookups == nil && filter.condition == FilterSQL.everything
      )
    }
    // Only ids at first: most of what several lookups find is not among the first of all.
    let found = Set(try conditions.flatMap { try rows.ids($0, arguments, kept: false) })
    let first = found.sorted { ascending ? $0 < $1 : $1 < $0 }.prefix(limit)
    return try rows.checked(
      "WHERE change.id IN (SELECT value FROM json_each(?)) ORDER BY change.id \(ascending ? "ASC" : "DESC")",
      [JSONValue.array(first.map { .integer($0) }).text]
    )
  }

  /// The condition behind ``ChangeRows/select`` for each query that a question is put as, with the arguments `:first`, `:last` and
  /// `:limit`.
  private static func conditions(_ lookups: [IndexLookup]?, _ filter: FilterSQL, ascending: Bool) -> [String] {
    (lookups.map { $0.map(\.condition) } ?? [FilterSQL.everything]).map { lookup in
      """
      WHERE \(lookup) AND change.id BETWEEN :first AND :last AND \(filter.condition)
      ORDER BY change.id \(ascending ? "ASC" : "DESC") LIMIT :limit
      """
    }
  }

  private static func count(
    _ plan: QueryPlan,
    _ filter: FilterSQL,
    in ids: ClosedRange<Int64>,
    _ db: Connection
  ) throws -> Int {
    let queries = (plan.lookups.map { $0.map(\.condition) } ?? [FilterSQL.everything]).map { lookup in
      plan.isExact
        ? "SELECT change.id FROM change WHERE \(lookup) AND change.id BETWEEN :first AND :last"
        : """
        SELECT change.id FROM change LEFT JOIN change_personal AS personal ON personal.change = change.id
        WHERE \(lookup) AND change.id BETWEEN :first AND :last AND \(filter.condition)
        """
    }
    guard !queries.isEmpty else { return 0 }
    let arguments: SQLArguments = ["first": ids.lowerBound, "last": ids.upperBound]
    let count = try db.integer(
      "SELECT count(*) FROM (\(queries.joined(separator: plan.isExact ? " UNION ALL " : " UNION ")))",
      plan.isExact ? arguments : SQLArguments(filter.arguments) + arguments,
      kept: false
    )
    return Int(count ?? 0)
  }

  /// The query plan of a question, in SQLite's words: a line for each step of each of its queries.
  package func plan(of query: ChangeQuery) async throws(LedgerError) -> [String] {
    let filter = FilterSQL(query.filter)
    return try await read { db in
      let lookups = try QueryPlan(query.filter, db).lookups
      return try Self.conditions(lookups, filter, ascending: query.isAscending).flatMap { condition in
        try db.rows(
          "EXPLAIN QUERY PLAN \(ChangeRows.select) \(condition)",
          SQLArguments(filter.arguments) + ["first": 1, "last": Int64.max, "limit": 100],
          kept: false
        ) { try $0.text(3) }
      }
    }
  }
}

extension ClosedRange<Int64> {
  /// At most `size` ids from one end on.
  fileprivate func part(of size: Int64, fromBelow: Bool) -> ClosedRange<Int64> {
    guard size < upperBound - lowerBound else { return self }
    return fromBelow ? lowerBound...(lowerBound + size - 1) : (upperBound - size + 1)...upperBound
  }

  /// The ids without a part at one end, or nil if none is left.
  fileprivate func without(_ part: ClosedRange<Int64>, fromBelow: Bool) -> ClosedRange<Int64>? {
    if fromBelow { return part.upperBound < upperBound ? (part.upperBound + 1)...upperBound : nil }
    return part.lowerBound > lowerBound ? lowerBound...(part.lowerBound - 1) : nil
  }
}
