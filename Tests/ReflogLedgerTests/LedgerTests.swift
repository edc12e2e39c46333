import ReflogLedger
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

struct LedgerTests {
  @Test func aStatementOfAPersonWithoutNameAndIDIsShownInTheViewToo() async throws {
    try await withLedgerDatabase { ledger, database in
      let pending = try await ledger.record(Sample.intent(before: .none, after: Sample.fraudCheck), .intended)
      let statement = Change.Statement(result: .applied, reason: "seen in the portal", actor: .unknown)

      let settled = try await ledger.settle(pending, by: .stated(statement), settledBy: .person)

      let text = "Unknown person: seen in the portal"
      #expect(settled.outcome?.message == text)
      #expect(try await ledger.history.change(pending.id)?.outcome?.message == text)
      #expect(try database.query("SELECT error_message FROM change_details") == text)
    }
  }

  @Test func aChangeIsPendingAndThenSettled() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      let intent = Sample.intent(before: Sample.fraudCheck, after: .none)

      let appended = try await ledger.append(Group(drafts: [.init(intent, .intended)]), reservingOutcome: true)
      guard case .recorded(_, let pending) = appended else {
        Issue.record("\(appended)")
        return
      }
      clock.advance(by: .milliseconds(250))
      let settled = try await ledger.settle(pending, by: .answered(.applied(.noContent)), settledBy: .request)

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
    try await withLedger { ledger in
      let pending = try await ledger.record(Sample.intent(before: .none, after: .none), .intended)
      try await ledger.settle(pending)

      let error = await #expect(throws: LedgerError.self) {
        try await ledger.settle(pending, by: .observed(.before), settledBy: .reconciler)
      }

      guard case .illegal = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      let recorded = try await ledger.history.change(pending.id)
      #expect(recorded?.result == .applied)
    }
  }

  /// The file itself refuses a second pending change at an address.
  ///
  /// A service never writes a second pending change, because requests for one address wait for each other. But another
  /// program could write a second pending change.
  @Test func theDatabaseRefusesASecondPendingChangeAtAnAddress() async throws {
    try await withLedger { ledger in
      let intent = Sample.intent(before: .none, after: Sample.fraudCheck)
      try await ledger.record(intent, .intended)

      await #expect(throws: LedgerError.self) { try await ledger.record(intent, .intended) }

      let newest = try await ledger.history.newestID()
      #expect(newest == Change.ID(1))
    }
  }

  @Test func aGroupIsRecordedAsAWholeOrNotAtAll() async throws {
    try await withLedger { ledger in
      let intent = Sample.intent(before: .none, after: Sample.fraudCheck)

      await #expect(throws: LedgerError.self) {
        try await ledger.record([.init(intent, .intended), .init(intent, .intended)])
      }

      let newest = try await ledger.history.newestID()
      #expect(newest == nil)
    }
  }

  @Test func aLaterChangeNeverHasAnEarlierTime() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      let intent = Sample.intent(before: .none, after: .none)
      let first = try await ledger.record(intent, .found)
      clock.advance(by: .seconds(-4))
      let second = try await ledger.record(intent, .found)

      #expect(second.activityDateTime == first.activityDateTime)
    }
  }

  @Test func changesAreRefusedIfTheClockIsFarBehind() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      let intent = Sample.intent(before: .none, after: .none)
      let pending = try await ledger.record(intent, .intended)
      clock.advance(by: .seconds(-6))

      let error = await #expect(throws: LedgerError.self) { try await ledger.record(intent, .found) }

      guard case .clockBehind = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      // The ledger still records outcomes, because the writes of these changes have already reached the directory.
      let settled = try await ledger.settle(pending)
      #expect(settled.resultDateTime == pending.activityDateTime)
    }
  }

  @Test func aLedgerServesOneDirectoryAndOneTenant() async throws {
    try await withDatabase { database in
      func open(_ directory: DirectoryKind, _ tenantID: String) async throws {
        try await database.withStore { store in
          let (thread, clock) = (WriterThread(), ManualClock().read)
          _ = try Ledger(store: store, thread: thread, directory: directory, tenantID: tenantID, clock: clock)
        }
      }
      try await open(.embedded, "mine")

      try await open(.embedded, "mine")
      await #expect(throws: LedgerError.self) { try await open(.embedded, "other") }
      await #expect(throws: LedgerError.self) { try await open(.graph, "mine") }
    }
  }

  @Test func theFirstSpellingOfAnIDIsKept() async throws {
    try await withLedger { ledger in
      let address = Sample.address("b2cUserFlows/B2C_1_SIGNUP/postFederationSignup")
      try await ledger.record(Sample.intent(before: .none, after: .none), .found)
      try await ledger.record(Sample.intent(before: .none, after: .none, at: address), .found)

      let changes = try await ledger.history.changes(limit: 10)

      #expect(changes.compactMap { $0.intent.subject.address?.flow.text } == ["B2C_1_signup", "B2C_1_signup"])
    }
  }

  @Test func pagesAreStableWhileHistoryGrows() async throws {
    try await withLedger { ledger in
      let intent = Sample.intent(before: .none, after: .none)
      for _ in 0..<7 { try await ledger.record(intent, .found) }
      let first = try await ledger.history.changes(limit: 3)
      try await ledger.record(intent, .found)
      let second = try await ledger.history.changes(behind: first.last?.id, limit: 3)

      #expect((first + second).map(\.id.number) == [7, 6, 5, 4, 3, 2])
    }
  }
}
