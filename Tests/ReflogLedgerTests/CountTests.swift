import ReflogModel
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests of counts of changes. If a query selects all changes in a range of ids, the count is computed from the ids.
struct CountTests {
  /// The filters of the queries: each selects a range of ids or times. The value nil means no filter.
  private static let filters: [String?] =
    [nil]
    + [
      "id ge 1", "id ge 2 and id le 9", "id ge 4 and id le 4", "id ge 5 and id le 7", "id eq 8", "id eq 3", "id ge 100",
      "id le 0", "activityDateTime ge 2021-06-01", "activityDateTime lt 2021-06-01",
      "activityDateTime ge 2020-09-13T12:26:43Z and activityDateTime le 2020-09-13T12:26:47Z",
      "activityDateTime ge 2020-09-13T12:26:43Z and id le 9",
    ]

  private func expectRightNumbers(_ history: History, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    for text in Self.filters {
      let filter = try text.map { try ChangeFilter.parse($0) }
      for includesImpact in [false, true] {
        let query = ChangeQuery(filter: filter, includesImpact: includesImpact)
        let found = try await history.changes(query).count
        let count = try await history.count(query, timeLimit: .seconds(60))
        #expect(count == found, "\(text ?? "all")", sourceLocation: sourceLocation)
      }
    }
  }

  @Test func purgedChangesAreNotCounted() async throws {
    let clock = ManualClock(at: Timestamp(microseconds: 1_600_000_000_000_000))
    try await withLedger(clock: clock) { ledger in
      try await expectRightNumbers(ledger.history)
      for after in [Sample.fraudCheck, .none, Sample.newVendor, .none] {
        for address in [Sample.signup, Sample.attributes] {
          try await ledger.record(Sample.intent(before: .unknown, after: after, at: address), .found)
          clock.advance(by: .seconds(1))
        }
      }
      try await expectRightNumbers(ledger.history)
      clock.advance(by: .seconds(400 * 86_400))
      for _ in 1...3 { try await ledger.record(Sample.intent(before: .none, after: .none), .found) }
      try await ledger.purgeHistoryOlderThanADay()

      #expect(try await ledger.history.changes().count < 11)
      try await expectRightNumbers(ledger.history)
    }
  }

  @Test func theIDsThatWereLostWithANewerCopyAreNotCounted() async throws {
    try await withDatabase { database in
      let intent = Sample.intent(before: .none, after: .none)
      try await withLedger(in: database) { ledger, thread in
        try await running(thread) { for _ in 1...3 { try await ledger.record(intent, .found) } }
      }
      try await withLedger(in: database) { ledger, thread in
        try await ledger.acceptAsOlderCopy()
        try await running(thread) { for _ in 1...2 { try await ledger.record(intent, .found) } }

        #expect(try await ledger.history.changes().map(\.id.number) == [11, 10, 3, 2, 1])
        try await expectRightNumbers(ledger.history)
      }
    }
  }
}
