import ReflogLedger
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

struct LedgerTests {
  @Test func aChangeIsPendingAndThenSettled() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger, _ in
      let intent = Sample.intent(before: Sample.fraudCheck, after: .none)

      let pending = try await ledger.append([.init(intent, .intended)], reservingOutcome: true)
      clock.advance(by: .milliseconds(250))
      let settled = try await ledger.settle(
        pending,
        by: .answered(.applied(.noContent)),
        settledBy: .request,
        usingReservedPlace: true
      )

      #expect(pending.map(\.result) == [.pending])
      let change = try #require(try await ledger.history.change(settled[0].id))
      #expect(change.result == .applied)
      #expect(change.intent.before == Sample.fraudCheck)
      #expect(change.intent.before.displayName == "Fraud check")
      #expect(change.after == .none)
      #expect(change.intent.reason == "CHG0042")
      #expect(change.intent.actor == Sample.operatorActor)
      #expect(change.sequence == 1)
      #expect(change.tenantID == "tenant")
      #expect(change.activityDateTime.description == "2026-11-23T09:15:02.123456Z")
      #expect(change.resultDateTime?.description == "2026-11-23T09:15:02.373456Z")
      #expect(change.outcome?.httpStatus == 204)
    }
  }

  @Test func anOutcomeIsWrittenOnce() async throws {
    try await withLedger { ledger, _ in
      let pending = try await ledger.append([.init(Sample.intent(before: .none, after: .none), .intended)])
      let event = Change.Event.answered(.applied(.noContent))
      _ = try await ledger.settle(pending, by: event, settledBy: .request, usingReservedPlace: false)

      await #expect(throws: LedgerError.self) {
        try await ledger.settle(pending, by: .observed(.before), settledBy: .reconciler, usingReservedPlace: false)
      }
    }
  }

  @Test func onlyOneChangeIsPendingAtAnAddress() async throws {
    try await withLedger { ledger, _ in
      let intent = Sample.intent(before: .none, after: Sample.fraudCheck)
      _ = try await ledger.append([.init(intent, .intended)])

      let error = await #expect(throws: LedgerError.self) { try await ledger.append([.init(intent, .intended)]) }

      guard case .alreadyPending = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test func allOfATransactionIsRecordedOrNothing() async throws {
    try await withLedger { ledger, _ in
      let intent = Sample.intent(before: .none, after: Sample.fraudCheck)

      await #expect(throws: LedgerError.self) {
        try await ledger.append([.init(intent, .intended), .init(intent, .intended)])
      }

      let newest = try await ledger.history.newestID()
      #expect(newest == nil)
    }
  }

  @Test func timeNeverRunsBackwards() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger, _ in
      let intent = Sample.intent(before: .none, after: .none)
      let first = try await ledger.append([.init(intent, .found)])[0]
      clock.advance(by: .seconds(-4))
      let second = try await ledger.append([.init(intent, .found)])[0]

      #expect(second.activityDateTime == first.activityDateTime)
    }
  }

  @Test func aClockFarBehindStopsChanges() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger, _ in
      let intent = Sample.intent(before: .none, after: .none)
      let pending = try await ledger.append([.init(intent, .intended)])
      clock.advance(by: .seconds(-6))

      let error = await #expect(throws: LedgerError.self) { try await ledger.append([.init(intent, .found)]) }

      guard case .clockBehind = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      // Outcomes are recorded all the same: what was done was done.
      let event = Change.Event.answered(.applied(.noContent))
      let settled = try await ledger.settle(pending, by: event, settledBy: .request, usingReservedPlace: false)
      #expect(settled[0].resultDateTime == pending[0].activityDateTime)
    }
  }

  @Test func aLedgerServesOneTenantForGood() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/reflog.sqlite"
      let clock = ManualClock()
      var storage = try Storage(path: path, kind: .ledger)
      _ = try Ledger(storage: storage, directory: .embedded, tenantID: "mine", clock: clock.read)
      try storage.close()

      storage = try Storage(path: path, kind: .ledger)
      #expect(throws: LedgerError.self) {
        try Ledger(storage: storage, directory: .embedded, tenantID: "other", clock: clock.read)
      }
      #expect(throws: LedgerError.self) {
        try Ledger(storage: storage, directory: .graph, tenantID: "mine", clock: clock.read)
      }
    }
  }

  @Test func theFirstSpellingOfAnIDStands() async throws {
    try await withLedger { ledger, _ in
      let address = Sample.address("b2cUserFlows/B2C_1_SIGNUP/postFederationSignup")
      _ = try await ledger.append([.init(Sample.intent(before: .none, after: .none), .found)])
      _ = try await ledger.append([.init(Sample.intent(before: .none, after: .none, at: address), .found)])

      let changes = try await ledger.history.changes(limit: 10)

      #expect(changes.compactMap { $0.intent.subject.address?.flow.text } == ["B2C_1_signup", "B2C_1_signup"])
    }
  }

  @Test func pagesAreStableWhileHistoryGrows() async throws {
    try await withLedger { ledger, _ in
      let intent = Sample.intent(before: .none, after: .none)
      for _ in 0..<7 { _ = try await ledger.append([.init(intent, .found)]) }
      let first = try await ledger.history.changes(limit: 3)
      _ = try await ledger.append([.init(intent, .found)])
      let second = try await ledger.history.changes(behind: first.last?.id, limit: 3)

      #expect((first + second).map(\.id.number) == [7, 6, 5, 4, 3, 2])
    }
  }
}
