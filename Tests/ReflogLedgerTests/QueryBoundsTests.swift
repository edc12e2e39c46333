import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that a filter on time or on ids reduces the range of ids in a query plan.
struct QueryBoundsTests {
  /// Each argument is a filter, and the first and the last id of the range that the query plan must use.
  ///
  /// Change 1 is recorded at 09:15:02.123456. The next changes follow at intervals of one second, except that changes 3
  /// and 4 are recorded at the same time.
  @Test(arguments: [
    ("activityDateTime ge 2026-11-23T09:15:04.123456Z", 3, Int64.max),
    ("activityDateTime gt 2026-11-23T09:15:04.123456Z", 3, .max),
    ("activityDateTime ge 2026-11-23T09:15:04.123457Z", 5, .max), ("activityDateTime ge 2027-01-01", 6, .max),
    ("activityDateTime lt 2026-11-23T09:15:04.123456Z", 1, 2),
    ("activityDateTime le 2026-11-23T09:15:04.123456Z", 1, 4),
    ("activityDateTime eq 2026-11-23T09:15:04.123456Z", 3, 4), ("activityDateTime lt 2020-01-01", 1, 0),
    ("resultDateTime lt 2026-11-23T09:15:03.123456Z", 1, 2), ("id ge 2 and id le 4", 2, 4), ("id eq 3", 3, 3),
    ("id ge 2 or id eq 1", 1, .max), ("not (id ge 2)", 1, .max),
  ])
  func aFilterLimitsTheRangeOfChangeIDsThatAreRead(question: String, first: Int64, last: Int64) async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      for number in 1...5 {
        try await ledger.record(Sample.intent(before: .none, after: .none), .found)
        if number != 3 { clock.advance(by: .seconds(1)) }
      }

      let filter = try ChangeFilter.parse(question)
      let plan = try await ledger.history.read { db in try QueryPlan(ChangeQuery(filter: filter), db) }

      #expect((plan.first, plan.last) == (first, last))
    }
  }

  @Test func aSearchForATextScansOnlyTheReasons() async throws {
    var question = PlainQuestion()
    question.words = "chg0042"
    let filter = try question.filter()
    try await withLedger { ledger in
      for _ in 1...2 { try await ledger.record(Sample.intent(before: .none, after: Sample.fraudCheck), .found) }
      for query in [ChangeQuery(filter: filter), ChangeQuery(filter: filter, includesImpact: true)] {
        let plan = try await ledger.history.read { db in try QueryPlan(query, db) }

        #expect(plan.personalScan != nil)
        #expect(plan.lookups != nil)
        #expect(try await ledger.history.changes(query).map(\.id.number) == [2, 1])
      }
    }
  }
}
