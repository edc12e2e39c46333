package import ReflogModel
import ReflogStorage

/// A part of the changes that a query selects, and the position of the next part.
package struct HistoryPiece: Sendable {
  private let stored: [StoredChange]
  /// The id after which the next part begins, or nil if this part is the last.
  package let end: Change.ID?
  /// The time of the last change that was searched, if the search ended at its time limit.
  ///
  /// The value is nil in all other cases.
  package let searched: Timestamp?

  init(_ stored: [StoredChange], end: Change.ID? = nil, searched: Timestamp? = nil) {
    self.stored = stored
    self.end = end
    self.searched = searched
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
  /// For a scan: the number of ids in the first read, and the maximum number of ids in a later read.
  ///
  /// Each read covers more ids than the previous read. If the filter is slow, a read with the maximum number of ids
  /// takes about a quarter of a second.
  static let scanSizes = (first: Int64(20_000), last: Int64(160_000))
  /// For a plan with index lookups: the number of ids in the first read, and the maximum number of ids in a later read.
  ///
  /// These numbers are used if the lookups also find changes that do not match the filter. Lookups find few changes, so
  /// a read can cover more ids than a read of a scan.
  static let lookupSizes = (first: Int64(320_000), last: Int64(5_120_000))
  /// For a ``PersonalScan``: the number of ids in the first read, and the maximum number of ids in a later read.
  private static let personalSizes = (first: Int64(80_000), last: Int64(1_280_000))
  /// The sizes for a plan whose lookups find only changes that match the filter. One read then covers all ids.
  private static let exactSizes = (first: Int64.max, last: Int64.max)
  /// The factor by which the number of ids grows from one read to the next read, up to the maximum.
  private static let growth: Int64 = 4

  /// Reads the next changes that a query selects, in the order of the query.
  ///
  /// Call ``HistoryPiece/changes()`` to compare the changes with the log and to get the changes. If an index answers
  /// the query, or if nearly all changes match, the time does not depend on the length of the history. In all other
  /// cases, the search ends after `timeLimit`, and the result contains the changes that were found until then.
  ///
  /// - Parameters:
  ///   - query: The filter and the order.
  ///   - id: The id after which the part begins, or nil for the first part.
  ///   - last: The newest change that is searched, or nil for all changes.
  ///   - limit: The maximum number of changes.
  ///   - timeLimit: The time after which the search starts no more reads.
  package func piece(
    of query: ChangeQuery,
    behind id: Change.ID?,
    upTo last: Change.ID? = nil,
    limit: Int,
    timeLimit: Duration
  ) async throws(LedgerError) -> HistoryPiece {
    let start = ContinuousClock.now
    // One read creates the plan and also reads the first part. For most calls, this one read is enough.
    let (search, first, atFirst) = try await read { db in
      let search = try ChangeSearch(query, db)
      let newest = try last?.number ?? Self.newestNumber(db)
      guard let ids = search.plan.ids(behind: id?.number, upTo: newest, isAscending: query.isAscending) else {
        return (search, nil as ClosedRange<Int64>?, ChangeSearch.Found(changes: [], ids: 0...0))
      }
      if beginsWithIndex(search.plan) { return (search, ids, ChangeSearch.Found(changes: [], ids: nil)) }
      let part = ids.part(of: Self.sizes(search.plan, query).first, fromBelow: query.isAscending)
      let isScan = search.plan.lookups == nil || search.plan.isBroad
      let rows = ChangeRows(db, identities)
      return (search, ids, try search.changes(in: part, scanning: isScan, limit: limit, rows, db))
    }
    guard var rest = first else { return HistoryPiece([]) }
    let sizes = Self.sizes(search.plan, query)
    var readStart = start
    var (size, found, ids) = (sizes.first, atFirst.changes, atFirst.ids)
    var turn = ids == nil ? 0 : 1
    while true {
      if found.count >= limit, let last = found.last { return HistoryPiece(found, end: last.id) }
      guard let further = rest.without(ids, fromBelow: query.isAscending) else {
        return HistoryPiece(found)
      }
      if let ids, ContinuousClock.now - start > timeLimit {
        let end = query.isAscending ? ids.upperBound : ids.lowerBound
        let searched = try await read { db in
          try ChangeTimes.time(near: end, isAscending: query.isAscending, db)
        }
        return HistoryPiece(found, end: Change.ID(end), searched: searched)
      }
      rest = further
      let now = ContinuousClock.now
      if ids != nil {
        size = Self.fitting(
          Self.grown(size, upTo: sizes.last),
          after: (size, now - readStart),
          within: timeLimit - (now - start)
        )
      }
      readStart = now
      let part = await nextPart(
        of: rest,
        search.plan,
        size: size,
        isAscending: query.isAscending,
        turn: turn
      )
      turn += 1
      let wanted = limit - found.count
      let isScan = search.plan.lookups == nil
      let next = try await read { db in
        let rows = ChangeRows(db, identities)
        return try search.changes(
          in: part.ids,
          among: part.candidates,
          scanning: isScan,
          limit: wanted,
          rows,
          db
        )
      }
      found += next.changes
      ids = next.ids
    }
  }

  /// Returns the number of ids that the next read covers, after a read that covered `size` ids.
  static func grown(_ size: Int64, upTo last: Int64) -> Int64 {
    size > last / growth ? last : size * growth
  }

  /// Returns the number of ids that a read can cover within a time, at most `size`.
  ///
  /// The estimate is based on the last read. Without this limit, the last read of a search can take several times as
  /// long as the whole search may take.
  ///
  /// - Parameters:
  ///   - size: The maximum number of ids.
  ///   - last: The number of ids that the last read covered, and the duration of the read.
  ///   - rest: The time that is left for the search.
  static func fitting(_ size: Int64, after last: (ids: Int64, duration: Duration), within rest: Duration) -> Int64 {
    guard last.duration > .zero else { return size }
    let estimate = Double(last.ids) * max(0, rest / last.duration)
    return estimate < Double(size) ? min(size, max(Int64(estimate), scanSizes.first)) : size
  }

  /// Returns the number of ids that the first read covers, and the maximum number of ids that a later read covers.
  private static func sizes(_ plan: QueryPlan, _ query: ChangeQuery) -> (first: Int64, last: Int64) {
    if plan.isExact || query.filter == nil { return exactSizes }
    if plan.isBroad { return (scanSizes.first, plan.personalScan == nil ? lookupSizes.last : personalSizes.last) }
    if plan.personalScan != nil { return personalSizes }
    return plan.lookups == nil ? scanSizes : lookupSizes
  }

  /// Returns the id of the newest change, or 0 if there is none.
  static func newestNumber(_ db: any LedgerConnection) throws -> Int64 {
    try db.integer("SELECT max(id) FROM change") ?? 0
  }

  /// Returns the query plan that the database reports for a query, one line for each step of each SQL query.
  ///
  /// If a lookup has several values, the result contains the query plan for only one of these values.
  package func plan(of query: ChangeQuery) async throws(LedgerError) -> [String] {
    try await read { db in
      let queries = try ChangeSearch(query, db).planned
      return try queries.flatMap { query in
        try db.rows("\(db.dialect.explain) \(query.sql)", query.arguments, kept: false) { row in
          try row.text(db.dialect.explainColumn)
        }
      }
    }
  }
}

extension ClosedRange<Int64> {
  /// Returns at most `size` ids of the range: the lowest ids if `fromBelow` is true, otherwise the highest ids.
  func part(of size: Int64, fromBelow: Bool) -> ClosedRange<Int64> {
    guard size < upperBound - lowerBound else { return self }
    return fromBelow ? lowerBound...(lowerBound + size - 1) : (upperBound - size + 1)...upperBound
  }

  /// Returns the range without a part at one of its ends, or nil if no id is left.
  ///
  /// The part is at the lower end if `fromBelow` is true, otherwise at the upper end. If the part is nil, the result is
  /// the whole range.
  func without(_ part: ClosedRange<Int64>?, fromBelow: Bool) -> ClosedRange<Int64>? {
    guard let part else { return self }
    if fromBelow { return part.upperBound < upperBound ? (part.upperBound + 1)...upperBound : nil }
    return part.lowerBound > lowerBound ? lowerBound...(part.lowerBound - 1) : nil
  }
}
