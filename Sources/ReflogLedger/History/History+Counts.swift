package import ReflogModel
import ReflogStorage

extension History {
  /// The maximum time of one read of a count.
  ///
  /// A read is not interrupted. So a count that must end, because the server stops or because the count takes too long,
  /// ends after about this time. During a read, other counts and exports wait for the thread.
  private static let countedTime = Duration.milliseconds(100)

  /// Returns how many changes match a query, or nil if they can't be counted within `timeLimit`.
  ///
  /// The time grows with the number of changes that match. A query that selects all changes in a range of ids or times
  /// is an exception: the number is computed from the ids, without a scan.
  package func count(_ query: ChangeQuery, timeLimit: Duration) async throws(LedgerError) -> Int? {
    let start = ContinuousClock.now
    let (search, ids, known) = try await read { db in
      let search = try ChangeSearch(query, db)
      let (first, last) = (max(1, search.plan.first), min(try Self.newestNumber(db), search.plan.last))
      guard first <= last else { return (search, nil as ClosedRange<Int64>?, 0 as Int?) }
      let isRange = query.filter?.conjuncts.allSatisfy(\.isRange) ?? true
      return (search, first...last, isRange && search.plan.impact == nil ? try Self.number(in: first...last, db) : nil)
    }
    if let known { return known }
    guard var rest = ids else { return 0 }
    let sizes = search.plan.lookups == nil ? Self.scanSizes : Self.lookupSizes
    var (count, turn, size) = (0, 0, sizes.first)
    while true {
      let partStart = ContinuousClock.now
      let part = await nextPart(of: rest, search.plan, size: size, isAscending: true, turn: turn)
      let counted = try await read { db in
        try search.count(in: part.ids, among: part.candidates, ChangeRows(db, identities), db)
      }
      count += counted.number
      guard let further = rest.without(counted.ids, fromBelow: true) else { return count }
      let now = ContinuousClock.now
      if now - start > timeLimit { return nil }
      (rest, turn) = (further, turn + 1)
      // If the plan has lookups, a read with the index of reasons does not show how many ids a read with lookups can
      // cover. So the size stays the same after such a read.
      if part.candidates == nil || search.plan.lookups == nil {
        size = Self.fitting(
          Self.grown(size, upTo: sizes.last),
          after: (size, now - partStart),
          within: min(Self.countedTime, timeLimit - (now - start))
        )
      }
      // On a thread of `BackgroundThreads`, a read does not suspend the task. So this call lets exports and other
      // counts use the thread.
      await Task.yield()
    }
  }

  /// Returns how many changes have an id in a range. The last id of the range must not be higher than the newest id.
  ///
  /// The ids of changes have no gaps, except the ids of changes that a purge deleted, and the ids that were lost when
  /// an older copy of the ledger was accepted. The ids of both kinds are recorded.
  private static func number(in ids: ClosedRange<Int64>, _ db: any LedgerConnection) throws -> Int {
    var number = ids.upperBound - ids.lowerBound + 1
    func subtract(_ first: Int64, _ last: Int64) {
      let (first, last) = (max(first, ids.lowerBound), min(last, ids.upperBound))
      if first <= last { number -= last - first + 1 }
    }
    try db.forEach(
      "SELECT first, last FROM purged_change WHERE first <= :last AND last >= :first",
      ["first": ids.lowerBound, "last": ids.upperBound]
    ) { row in
      subtract(try row.integer(0), try row.integer(1))
    }
    let accepted = try EventRows.ofKeys("kind = 'olderLedgerAccepted'", db)
    let lost = accepted.flatMap { $0.content.ids("lostChanges").ranges }
    for range in lost { subtract(range.lowerBound, range.upperBound) }
    return Int(number)
  }
}
