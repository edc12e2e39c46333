package import ReflogModel
import ReflogStorage

/// A part of the changes that a query selects, and the position of the next part.
package struct HistoryPiece: Sendable {
  private let stored: [StoredChange]
  /// The id after which the next part begins, or nil if this part is the last.
  package let end: Change.ID?

  init(_ stored: [StoredChange], end: Change.ID? = nil) {
    self.stored = stored
    self.end = end
  }

  /// Compares each change with the log, and returns the changes in the order of the query.
  ///
  /// The comparison needs no connection to the file, so an export can read the next part at the same time.
  ///
  /// - Throws: ``LedgerError/altered(_:)`` if the row of a change does not match the log.
  package func changes() throws(LedgerError) -> [Change] {
    do { return try stored.map { try $0.checked() } } catch { throw LedgerError(error) }
  }
}

extension History {
  /// The sizes of the reads of a scan: the number of ids in the first read, and the maximum number in a later read.
  ///
  /// Each read covers more ids than the previous read. A read with the maximum number of ids takes about a second if
  /// the filter is expensive.
  private static let scanSizes = (first: Int64(20_000), last: Int64(640_000))
  /// The sizes of the reads if the plan has index lookups, but the lookups also find changes that do not match the
  /// filter.
  ///
  /// Lookups find few changes, so a read can cover more ids than a read of a scan.
  private static let lookupSizes = (first: Int64(320_000), last: Int64(5_120_000))
  /// The number of ids in the first read, and the maximum number in a later read, of a ``PersonalScan``.
  private static let personalSizes = (first: Int64(80_000), last: Int64(1_280_000))
  /// The number of ids in a read if every change that the lookups find matches the filter: one read covers all ids.
  private static let exactSizes = (first: Int64.max, last: Int64.max)
  /// The factor by which the number of ids grows from one read to the next read, up to the maximum.
  private static let growth: Int64 = 4

  /// Reads the next changes that a query selects, in the order of the query.
  ///
  /// Use ``HistoryPiece/changes()`` to compare the changes with the log and to get them. If an index answers the query,
  /// or if nearly all changes match, the time does not depend on the length of the history. In all other cases the
  /// search ends after `patience`, and the result contains the changes that were found until then.
  ///
  /// - Parameters:
  ///   - query: The filter and the order.
  ///   - id: The id after which the part begins, or nil for the first part.
  ///   - last: The newest change that is searched, or nil for all changes.
  /// - limit: The maximum number of changes.
  /// - patience: The duration of the search, after which no further read starts.
  package func piece(
    of query: ChangeQuery,
    behind id: Change.ID?,
    upTo last: Change.ID? = nil,
    limit: Int,
    patience: Duration
  ) async throws(LedgerError) -> HistoryPiece {
    let start = ContinuousClock.now
    // One read creates the plan and also reads the first part, because most calls need no further read.
    let (plan, first, atFirst) = try await read { db in
      let plan = try QueryPlan(query.filter, db)
      let newest = try last?.number ?? Self.newestNumber(db)
      guard let ids = plan.ids(behind: id?.number, upTo: newest, isAscending: query.isAscending) else {
        return (plan, nil as ClosedRange<Int64>?, [StoredChange]())
      }
      let part = ids.part(of: Self.sizes(plan, query).first, fromBelow: query.isAscending)
      let isScan = plan.lookups == nil || plan.isBroad
      let found = try changes(plan, in: part, scanning: isScan, ascending: query.isAscending, limit: limit, db)
      return (plan, ids, found)
    }
    guard var rest = first else { return HistoryPiece([]) }
    let sizes = Self.sizes(plan, query)
    var (size, found) = (sizes.first, atFirst)
    while true {
      if found.count >= limit, let last = found.last { return HistoryPiece(found, end: last.id) }
      let ids = rest.part(of: size, fromBelow: query.isAscending)
      guard let further = rest.without(ids, fromBelow: query.isAscending) else {
        return HistoryPiece(found)
      }
      if ContinuousClock.now - start > patience {
        return HistoryPiece(found, end: Change.ID(query.isAscending ? ids.upperBound : ids.lowerBound))
      }
      rest = further
      size = min(size * Self.growth, sizes.last)
      let part = rest.part(of: size, fromBelow: query.isAscending)
      let wanted = limit - found.count
      let isScan = plan.lookups == nil
      found += try await read { db in
        try changes(plan, in: part, scanning: isScan, ascending: query.isAscending, limit: wanted, db)
      }
    }
  }

  /// Returns the number of ids that the first read covers, and the maximum number of ids that a later read covers.
  private static func sizes(_ plan: QueryPlan, _ query: ChangeQuery) -> (first: Int64, last: Int64) {
    if plan.isExact || query.filter == nil { return exactSizes }
    if plan.personalScan != nil { return personalSizes }
    if plan.isBroad { return (scanSizes.first, lookupSizes.last) }
    return plan.lookups == nil ? scanSizes : lookupSizes
  }

  /// Returns how many changes match a query, or nil if they can't be counted within `patience`.
  ///
  /// The time grows with the number of changes that match.
  package func count(_ query: ChangeQuery, patience: Duration) async throws(LedgerError) -> Int? {
    let start = ContinuousClock.now
    let (plan, newest) = try await read { db in (try QueryPlan(query.filter, db), try Self.newestNumber(db)) }
    let (first, last) = (max(1, plan.first), min(newest, plan.last))
    guard first <= last else { return 0 }
    var rest = first...last
    var count = 0
    while true {
      let ids = rest.part(of: plan.lookups == nil ? Self.scanSizes.last : Self.lookupSizes.last, fromBelow: true)
      count += try await read { db in try Self.count(plan, in: ids, db) }
      guard let further = rest.without(ids, fromBelow: true) else { return count }
      if ContinuousClock.now - start > patience { return nil }
      rest = further
    }
  }

  /// Returns the id of the newest change, or 0 if there is none.
  private static func newestNumber(_ db: any LedgerConnection) throws -> Int64 {
    try db.integer("SELECT max(id) FROM change") ?? 0
  }

  /// Returns the first changes in a range of ids that match the filter of a plan.
  private func changes(
    _ plan: QueryPlan,
    in ids: ClosedRange<Int64>,
    scanning isScan: Bool,
    ascending: Bool,
    limit: Int,
    _ db: any LedgerConnection
  ) throws -> [StoredChange] {
    let rows = ChangeRows(db, identities)
    if let scan = plan.personalScan {
      let order = ascending ? "ASC" : "DESC"
      let found = try db.integers(
        "\(scan.select) ORDER BY personal.change \(order) LIMIT :limit",
        scan.arguments(in: ids) + ["limit": limit],
        kept: false
      )
      guard !found.isEmpty else { return [] }
      return try rows.stored(
        "WHERE change.id IN (\(db.dialect.numbers(inArray: "?"))) ORDER BY change.id \(order)",
        SQLArguments([found.list])
      )
    }
    guard isScan else {
      return try LookupMerge(plan, in: ids, isAscending: ascending, limit: limit, rows, db).changes()
    }
    return try rows.stored(
      plan.sql(FilterSQL.everything, isAscending: ascending),
      plan.arguments(in: ids, limit: limit),
      kept: plan.isCommon
    )
  }

  /// Returns how many changes in a range of ids match.
  private static func count(
    _ plan: QueryPlan,
    in ids: ClosedRange<Int64>,
    _ db: any LedgerConnection
  ) throws -> Int {
    if let scan = plan.personalScan {
      let sql = "SELECT count(*) FROM (\(scan.select)) AS matching"
      return Int(try db.integer(sql, scan.arguments(in: ids), kept: false) ?? 0)
    }
    let lookups = plan.lookups.map { lookups in
      lookups.enumerated().map { $1.sql(forAllBinding: "lookup\($0)", db.dialect) }
    }
    let conditions = lookups ?? [(sql: FilterSQL.everything, arguments: [:])]
    guard !conditions.isEmpty else { return 0 }
    let queries = conditions.map { lookup in
      plan.isExact
        ? "SELECT change.id FROM change WHERE \(lookup.sql) AND change.id BETWEEN :first AND :last"
        : """
        SELECT change.id FROM \(ChangeRows.tables)
        WHERE \(lookup.sql) AND change.id BETWEEN :first AND :last AND \(plan.filter.condition)
        """
    }
    let range: SQLArguments = ["first": ids.lowerBound, "last": ids.upperBound]
    let arguments = conditions.reduce(range) { $0 + SQLArguments($1.arguments) }
    let count = try db.integer(
      "SELECT count(*) FROM (\(queries.joined(separator: plan.isExact ? " UNION ALL " : " UNION "))) AS matching",
      plan.isExact ? arguments : SQLArguments(plan.filter.arguments) + arguments,
      kept: false
    )
    return Int(count ?? 0)
  }

  /// Returns the query plan that the database reports for a query, one line for each step of each SQL query.
  ///
  /// If a lookup has several values, the result contains the plan for one of them.
  package func plan(of query: ChangeQuery) async throws(LedgerError) -> [String] {
    try await read { db in
      let plan = try QueryPlan(query.filter, db)
      let everything = IndexLookup(condition: FilterSQL.everything, selectivity: .clientApp)
      return try (plan.lookups ?? [everything]).flatMap { lookup in
        let arguments = plan.arguments(in: 1...Int64.max, limit: 100)
        return try db.rows(
          "\(db.dialect.explain) \(ChangeRows.select) \(plan.sql(lookup.sql(), isAscending: query.isAscending))",
          lookup.values.first.map { arguments + ["lookup": $0] } ?? arguments,
          kept: false
        ) { try $0.text(db.dialect.explainColumn) }
      }
    }
  }
}

extension ClosedRange<Int64> {
  /// Returns the part of the range with at most `size` ids at the lower or the upper end.
  fileprivate func part(of size: Int64, fromBelow: Bool) -> ClosedRange<Int64> {
    guard size < upperBound - lowerBound else { return self }
    return fromBelow ? lowerBound...(lowerBound + size - 1) : (upperBound - size + 1)...upperBound
  }

  /// Returns the rest of the range after a part at the lower or the upper end is removed, or nil if no id is left.
  fileprivate func without(_ part: ClosedRange<Int64>, fromBelow: Bool) -> ClosedRange<Int64>? {
    if fromBelow { return part.upperBound < upperBound ? (part.upperBound + 1)...upperBound : nil }
    return part.lowerBound > lowerBound ? lowerBound...(part.lowerBound - 1) : nil
  }
}
