import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of reads from a directory that can show an old value for some time after a write.
struct SettleWindowTests {
  private let clock = ManualClock()

  private func withWindow(_ body: (ServiceFixture) async throws -> Void) async throws {
    try await withService(clock: clock, settleWindow: .seconds(60), longestWrite: .seconds(40), body)
  }

  @Test func aStaleReadWithinTheWindowIsNoDrift() async throws {
    try await withWindow { fixture in
      _ = try await fixture.set(Sample.newVendor)
      fixture.directory.readStale(Sample.signup, Sample.fraudCheck)
      clock.advance(by: .seconds(59))

      let next = try await fixture.set(.none)

      #expect(next.id.number == 2)
      #expect(next.intent.before == Sample.newVendor)
    }
  }

  @Test func aRollbackSucceedsEvenIfReadsAreStale() async throws {
    try await withWindow { fixture in
      let bad = try await fixture.set(Sample.newVendor)
      fixture.directory.readStale(Sample.signup, Sample.fraudCheck)

      let rollback = try await fixture.rollBack(bad.id)

      #expect(rollback.id.number == 2)
      #expect(rollback.intent.before == Sample.newVendor)
      #expect(rollback.after == Sample.fraudCheck)
    }
  }

  @Test func everyEarlierReferenceInTheWindowCountsAsStale() async throws {
    try await withWindow { fixture in
      _ = try await fixture.set(Sample.newVendor)
      _ = try await fixture.set(.none)
      fixture.directory.readStale(Sample.signup, Sample.fraudCheck)

      let next = try await fixture.set(Sample.newVendor)

      #expect(next.id.number == 3)
      #expect(next.intent.before == ConnectorReference.none)
    }
  }

  /// For each step, the ledger keeps a limited number of recent changes in memory. The test makes more changes of one
  /// step.
  @Test func unsentChangesDoNotHideAnEarlierWrite() async throws {
    try await withWindow { fixture in
      _ = try await fixture.set(Sample.newVendor)
      for _ in 1...40 {
        fixture.directory.react(.neverSent)
        await #expect(throws: ServiceError.self) { try await fixture.set(.none) }
      }
      fixture.directory.readStale(Sample.signup, Sample.fraudCheck)
      fixture.ledger.forgetStates()

      let next = try await fixture.set(.none)

      #expect(next.intent.before == Sample.newVendor)
      let kinds = try await Set(fixture.history.changes().map(\.intent.kind))
      #expect(kinds == [.update])
    }
  }

  @Test func afterTheWindowADifferentReferenceIsDrift() async throws {
    try await withWindow { fixture in
      _ = try await fixture.set(Sample.newVendor)
      fixture.directory.changeWithoutReflog(Sample.signup, Sample.fraudCheck)
      clock.advance(by: .seconds(61))

      let next = try await fixture.set(.none)

      let drift = try await fixture.history.change(Change.ID(2))
      #expect(drift?.intent.kind == .drift)
      #expect(next.intent.before == Sample.fraudCheck)
    }
  }

  @Test func anUnexpectedReferenceIsDriftEvenWithinTheWindow() async throws {
    try await withWindow { fixture in
      _ = try await fixture.set(Sample.newVendor)
      fixture.directory.changeWithoutReflog(Sample.signup, .none)

      let next = try await fixture.set(Sample.fraudCheck)

      let drift = try await fixture.history.change(Change.ID(2))
      #expect(drift?.intent.kind == .drift)
      #expect(next.intent.before == ConnectorReference.none)
    }
  }

  @Test func aChangeIsNotSentIfItsRecordingTookTooLong() async throws {
    let slow = ManualClock(movingBy: .seconds(21))
    try await withService(clock: slow, settleWindow: .seconds(60), longestWrite: .seconds(40)) { fixture in
      let error = await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }

      guard case .notSent = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(fixture.directory.writes.isEmpty)
      let change = try await fixture.history.change(Change.ID(1))
      #expect(change?.result == .notApplied)
    }
  }

  @Test func aPendingChangeIsNotSettledByAnEarlyRead() async throws {
    try await withWindow { fixture in
      fixture.directory.react(.applyAndLoseAnswer)
      await #expect(throws: ServiceError.self) { try await fixture.set(Sample.newVendor) }
      fixture.directory.readStale(Sample.signup, Sample.fraudCheck)
      // A read is conclusive 120 seconds after the intent. The write can be sent up to 20 seconds after the intent, the
      // write can need 40 seconds, and the settle window is 60 seconds. So 119 seconds are one second too early.
      clock.advance(by: .seconds(119))

      let early = await #expect(throws: ServiceError.self) { try await fixture.set(.none) }
      clock.advance(by: .seconds(1))
      fixture.directory.readStale(Sample.signup, nil)
      let late = try await fixture.set(.none)

      guard case .stepUnresolved = early else {
        Issue.record("\(String(describing: early))")
        return
      }
      let settled = try await fixture.history.change(Change.ID(1))
      #expect(settled?.result == .applied)
      #expect(late.intent.before == Sample.newVendor)
    }
  }
}
