import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that a verification compares the rows of the policy, the holds, the purges and the erasures with their service
/// events.
struct RetentionRecordTests {
  private static let edits: [(statement: String, table: String, isKept: Bool)] = [
    ("UPDATE retention SET days = 1", "retention", true), ("DELETE FROM retention", "retention", true),
    ("DELETE FROM hold WHERE name = 'Case'", "hold", true), ("UPDATE hold SET name = 'Other'", "hold", true),
    ("UPDATE hold SET reason = 'forged'", "hold", true), ("UPDATE hold SET placed = placed - 1", "hold", true),
    ("UPDATE hold SET flow = NULL", "hold", true),
    ("INSERT INTO hold (id, name, reason, placed) VALUES (77, 'New', 'x', 1)", "hold", true),
    ("UPDATE purge SET before = before - 1", "purge", true), ("UPDATE purge SET asked = asked - 1", "purge", true),
    ("DELETE FROM purge", "purge", true), ("UPDATE purge SET id = id + 7", "purge", true),
    ("DELETE FROM erasure", "erasure", false),
  ]

  @Test(arguments: edits.indices)
  func anAlteredTableIsFoundAndNotWrittenIntoAPack(number: Int) async throws {
    let (statement, table, isKept) = Self.edits[number]
    try await withRetention { ledger, database in
      #expect(try await ledger.report().findings == [])
      try database.edit(statement)

      let tables = try await ledger.report().findings.map { finding in
        if case .damagedTable(let name, _) = finding { name } else { "\(finding)" }
      }
      #expect(tables == [table])
      if isKept {
        await #expect(throws: LedgerError.self) { try await ledger.history.retentionState() }
      } else {
        #expect(try await ledger.history.retentionState().holds.count == 1)
      }
    }
  }

  @Test func theRecordedPolicyHoldsAndPurgeAreReturned() async throws {
    try await withRetention { ledger, _ in
      let purge = try await ledger.askPurge(before: ledger.now.before(.seconds(86_400)), by: Sample.operatorActor)

      let kept = try await ledger.history.retentionState()

      #expect(kept.policy == RetentionPolicy(days: 2))
      #expect(kept.holds.map(\.name) == ["Case"])
      #expect(kept.purge?.before == purge.before)
      #expect(try await ledger.report().findings == [])
    }
  }

  @Test func aLedgerWithoutAPolicyKeepsEverything() async throws {
    try await withLedger { ledger in
      let kept = try await ledger.history.retentionState()

      #expect(kept.policy.days == nil)
      #expect(kept.holds.isEmpty)
      #expect(kept.purge == nil)
    }
  }

  /// Calls `body` with a ledger that has a policy, a hold, a released hold, a purge that was extended, and an erasure.
  private func withRetention(_ body: (Ledger, any TestDatabase) async throws -> Void) async throws {
    let admin = Sample.operatorActor
    let clock = ManualClock()
    try await withLedgerDatabase(clock: clock) { ledger, database in
      try await ledger.apply(Sample.intent(before: .none, after: Sample.fraudCheck))
      try await ledger.set(RetentionPolicy(days: 2), overriding: true, by: admin)
      _ = try #require(try await ledger.place("Old", on: .everything, because: "x", by: admin))
      #expect(try await ledger.releaseHold(named: "OLD", by: admin))
      let flow = FlowScope.flow(Sample.signup.flowType, Sample.signup.flow)
      _ = try #require(try await ledger.place("Case", on: flow, because: "x", by: admin))
      _ = try await ledger.askPurge(before: ledger.now.before(.seconds(4 * 86_400)), by: admin)
      clock.advance(by: .seconds(5))
      _ = try await ledger.askPurge(before: ledger.now.before(.seconds(3 * 86_400)), by: admin)
      _ = try await ledger.askErasure(of: .actor(try #require(admin.id)), by: admin)
      try await body(ledger, database)
    }
  }
}
