import GRDB
package import ReflogModel

/// What was found on a stretch of history, and where to go on.
package struct HistoryStretch: Sendable {
  package let changes: [Change]
  /// The last id that was looked at, behind which the next stretch begins; nothing where this was the last one.
  package let end: Change.ID?
}

extension History {
  /// How many ids are looked at in one short read, first and at most: at the end a read takes about a second where no index
  /// helps, and the filter is dear.
  private static let windows = (first: Int64(20_000), last: Int64(640_000))
  /// The same where an index leaves few of them to look at.
  private static let seekWindows = (first: Int64(320_000), last: Int64(5_120_000))
  /// The same where whatever is found is wanted.
  private static let whole = (first: Int64.max, last: Int64.max)
  /// How much more each read looks at than the one before it.
  private static let windowGrowth: Int64 = 4

  /// Looks through what is asked for: at most `limit` changes behind the one with this id, in the order asked for.
  ///
  /// Where an index answers the question, or nearly everything is what is asked for, this takes as long whatever the history
  /// holds. Else it gives up once it has taken longer than `patience`, with what it found until then.
  ///
  /// - Parameters:
  ///   - last: looks at no newer change than this.
  ///   - isChecked: whether each row is held against the log, and ``LedgerError/altered(_:)`` thrown where one is not what was
  ///     logged.
  package func stretch(
    _ query: ChangeQuery,
    behind: Change.ID?,
    upTo last: Change.ID? = nil,
    limit: Int,
    isChecked: Bool,
    patience: Duration
  ) async throws(LedgerError) -> HistoryStretch {
    let start = ContinuousClock.now
    let (plan, newest) = try await read { db in (try SeekPlan(query.filter, db), try Self.newestNumber(db)) }
    let filter = FilterSQL(query.filter)
    var (lowest, highest) = (max(1, plan.first), min(newest, plan.last, last?.number ?? .max))
    if let behind = behind?.number {
      if query.isAscending { lowest = max(lowest, behind + 1) } else { highest = min(highest, behind - 1) }
    }
    guard lowest <= highest else { return HistoryStretch(changes: [], end: nil) }
    var rest = lowest...highest
    var found: [Change] = []
    let windows = plan.isExact || query.filter == nil ? Self.whole : plan.seeks == nil ? Self.windows : Self.seekWindows
    var size = windows.first
    while true {
      let window = rest.piece(of: size, fromBelow: query.isAscending)
      let wanted = limit - found.count
      found += try await read { db in
        try changes(plan.seeks, filter, in: window, ascending: query.isAscending, limit: wanted, isChecked, db)
      }
      if found.count >= limit, let last = found.last { return HistoryStretch(changes: found, end: last.id) }
      guard let further = rest.without(window, fromBelow: query.isAscending) else {
        return HistoryStretch(changes: found, end: nil)
      }
      if ContinuousClock.now - start > patience {
        let edge = query.isAscending ? window.upperBound : window.lowerBound
        return HistoryStretch(changes: found, end: Change.ID(edge))
      }
      rest = further
      size = min(size * Self.windowGrowth, windows.last)
    }
  }

  /// How many changes there are of what is asked for; nothing where that can't be counted within `patience`. It takes longer
  /// the more there are.
  package func count(_ query: ChangeQuery, patience: Duration) async throws(LedgerError) -> Int? {
    let start = ContinuousClock.now
    let (plan, newest) = try await read { db in (try SeekPlan(query.filter, db), try Self.newestNumber(db)) }
    let filter = FilterSQL(query.filter)
    let (first, last) = (max(1, plan.first), min(newest, plan.last))
    guard first <= last else { return 0 }
    var rest = first...last
    var count = 0
    while true {
      let window = rest.piece(of: plan.seeks == nil ? Self.windows.last : Self.seekWindows.last, fromBelow: true)
      count += try await read { db in try Self.count(plan, filter, in: window, db) }
      guard let further = rest.without(window, fromBelow: true) else { return count }
      if ContinuousClock.now - start > patience { return nil }
      rest = further
    }
  }

  private static func newestNumber(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(id) FROM change")) ?? 0
  }

  private func changes(
    _ seeks: [Seek]?,
    _ filter: FilterSQL,
    in window: ClosedRange<Int64>,
    ascending: Bool,
    limit: Int,
    _ isChecked: Bool,
    _ db: Database
  ) throws -> [Change] {
    let (rows, records) = (ChangeRows(db, identities), Records(db))
    let conditions = Self.conditions(seeks, filter, ascending: ascending)
    let arguments =
      StatementArguments(filter.arguments) + ["first": window.lowerBound, "last": window.upperBound, "limit": limit]
    func read(_ condition: String, _ arguments: StatementArguments, isFixed: Bool) throws -> [Change] {
      isChecked
        ? try rows.logged(condition, arguments, isFixed: isFixed).map { try $0.checked(records) }
        : try rows.changes(condition, arguments, isFixed: isFixed)
    }
    if conditions.count == 1 {
      return try read(conditions[0], arguments, isFixed: seeks == nil && filter.condition == FilterSQL.everything)
    }
    // Which ones first: most of what several seeks find is not among the first of all.
    let found = Set(try conditions.flatMap { try rows.ids($0, arguments) })
    let first = found.sorted { ascending ? $0 < $1 : $1 < $0 }.prefix(limit)
    return try read(
      "WHERE change.id IN (SELECT value FROM json_each(?)) ORDER BY change.id \(ascending ? "ASC" : "DESC")",
      [JSONValue.array(first.map { .integer($0) }).text],
      isFixed: true
    )
  }

  /// What stands behind ``ChangeRows/select`` for each part of a question, in which `:first`, `:last` and `:limit` are open.
  static func conditions(_ seeks: [Seek]?, _ filter: FilterSQL, ascending: Bool) -> [String] {
    (seeks.map { $0.map(\.condition) } ?? [FilterSQL.everything]).map { seek in
      """
      WHERE \(seek) AND change.id BETWEEN :first AND :last AND \(filter.condition)
      ORDER BY change.id \(ascending ? "ASC" : "DESC") LIMIT :limit
      """
    }
  }

  private static func count(
    _ plan: SeekPlan,
    _ filter: FilterSQL,
    in window: ClosedRange<Int64>,
    _ db: Database
  ) throws -> Int {
    let parts = (plan.seeks.map { $0.map(\.condition) } ?? [FilterSQL.everything]).map { seek in
      plan.isExact
        ? "SELECT change.id FROM change WHERE \(seek) AND change.id BETWEEN :first AND :last"
        : """
        SELECT change.id FROM change LEFT JOIN change_personal AS personal ON personal.change = change.id
        WHERE \(seek) AND change.id BETWEEN :first AND :last AND \(filter.condition)
        """
    }
    guard !parts.isEmpty else { return 0 }
    let arguments: StatementArguments = ["first": window.lowerBound, "last": window.upperBound]
    return try Int.fetchOne(
      db,
      sql: "SELECT count(*) FROM (\(parts.joined(separator: plan.isExact ? " UNION ALL " : " UNION ")))",
      arguments: plan.isExact ? arguments : StatementArguments(filter.arguments) + arguments
    ) ?? 0
  }
}

extension ClosedRange<Int64> {
  /// At most so many of these from one end on.
  fileprivate func piece(of size: Int64, fromBelow: Bool) -> ClosedRange<Int64> {
    guard size < upperBound - lowerBound else { return self }
    return fromBelow ? lowerBound...(lowerBound + size - 1) : (upperBound - size + 1)...upperBound
  }

  /// What is left without a piece at one end.
  fileprivate func without(_ piece: ClosedRange<Int64>, fromBelow: Bool) -> ClosedRange<Int64>? {
    if fromBelow { return piece.upperBound < upperBound ? (piece.upperBound + 1)...upperBound : nil }
    return piece.lowerBound > lowerBound ? lowerBound...(piece.lowerBound - 1) : nil
  }
}
