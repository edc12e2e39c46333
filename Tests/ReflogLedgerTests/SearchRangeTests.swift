import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests of the range that a search covers within its time limit.
struct SearchRangeTests {
  /// A row of the table. The last read compared `ids` ids and took `took`. The next read compares at most `most` ids,
  /// and has the time `rest` left.
  typealias Row = (most: Int64, ids: Int64, took: Duration, rest: Duration, expected: Int64)

  @Test(
    arguments: [
      (1_280_000, 320_000, .milliseconds(800), .milliseconds(100), 40_000),
      (1_280_000, 320_000, .milliseconds(800), .milliseconds(1), 20_000),
      (1_280_000, 320_000, .milliseconds(800), .milliseconds(-5), 20_000),
      (1_280_000, 320_000, .milliseconds(10), .milliseconds(990), 1_280_000),
      (10_000, 80_000, .milliseconds(800), .milliseconds(100), 10_000),
      (640_000, 20_000, .zero, .milliseconds(100), 640_000),
      (.max, .max, .milliseconds(1), .milliseconds(999), .max),
    ] as [Row]
  )
  func aReadIsNotLongerThanTheTimeThatIsLeft(row: Row) {
    #expect(History.fitting(row.most, after: (row.ids, row.took), within: row.rest) == row.expected)
  }

  @Test func theTimeOfAnIDIsTheTimeOfTheNearestChangeThatWasSearched() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      var times: [Timestamp] = []
      for _ in 0..<3 {
        clock.advance(by: .seconds(60))
        let change = try await ledger.record(Sample.intent(before: .none, after: Sample.fraudCheck), .denied)
        times.append(change.activityDateTime)
      }
      func time(_ id: Int64, isAscending: Bool) async throws -> Timestamp? {
        try await ledger.history.read { db in try ChangeTimes.time(near: id, isAscending: isAscending, db) }
      }

      #expect(try await time(2, isAscending: false) == times[1])
      #expect(try await time(2, isAscending: true) == times[1])
      #expect(try await time(9, isAscending: true) == times[2])
      #expect(try await time(9, isAscending: false) == nil)
      #expect(try await time(0, isAscending: false) == times[0])
    }
  }
}
