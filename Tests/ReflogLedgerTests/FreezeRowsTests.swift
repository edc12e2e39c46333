import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests of the rows and the service events of freezes, and of the check in the transaction that records an intent.
struct FreezeRowsTests {
  private static let everything = Freeze.Draft(scope: .everything, reason: "INC0042")

  private static func group(override: String? = nil) -> Group {
    Group(
      drafts: [
        .init(Sample.intent(before: .none, after: Sample.newVendor, at: Sample.attributes), .found),
        .init(Sample.intent(before: .none, after: Sample.fraudCheck), .intended),
      ],
      override: override.map { Group.Override(because: $0, by: Sample.operatorActor) }
    )
  }

  private func place(_ draft: Freeze.Draft = everything, in ledger: Ledger) async throws -> Freeze {
    try #require(try await ledger.place(draft, by: Sample.operatorActor).freeze)
  }

  @Test func theTransactionThatRecordsAnIntentChecksTheFreezes() async throws {
    try await withLedger { ledger in
      let freeze = try await place(in: ledger)

      let refused = try await ledger.append(Self.group())

      guard case .frozen(let found) = refused else { Issue.record("\(refused)"); return }
      #expect((found.freeze.id, found.caller) == (freeze.id, nil))
      #expect(try await ledger.history.newestID() == nil)
    }
  }

  @Test func aFreezeDoesNotRefuseFoundAndDeniedChanges() async throws {
    try await withLedger { ledger in
      let pending = try await ledger.record(Sample.intent(before: .none, after: Sample.fraudCheck), .intended)
      _ = try await place(in: ledger)

      try await ledger.settle(pending)
      try await ledger.record(Sample.intent(before: .none, after: .none, at: Sample.attributes), .found)
      try await ledger.record(Sample.intent(before: .none, after: .none), .denied)
      try await ledger.record(Sample.intent(before: .none, after: .none), .frozen(1))

      #expect(try await ledger.history.newestID() == Change.ID(4))
    }
  }

  @Test func onlyTheIntendedChangeOfAGroupHasTheOverride() async throws {
    try await withLedger { ledger in
      let freeze = try await place(in: ledger)

      let appended = try await ledger.append(Self.group(override: "Sign-up is down"))

      guard case .recorded(_, let drafts) = appended else { Issue.record("\(appended)"); return }
      let override = FreezeOverride(eventID: freeze.id + 1, reason: "Sign-up is down", freezes: [freeze.id])
      #expect(drafts.map(\.override) == [nil, override])
      let settled = try await ledger.settle(drafts[1])
      #expect(settled.override == override)
      #expect(try await ledger.history.changes(ChangeQuery()).map(\.override) == [override, nil])
      #expect(try await ledger.report().findings == [])
    }
  }

  @Test func freezesAreInForceAfterARestart() async throws {
    try await withTemporaryFolder { folder in
      let clock = ManualClock()
      let end = ManualClock.start.before(.seconds(-3600))
      for run in 1...3 {
        let thread = WriterThread()
        let (ledger, storage) = try await openLedger(in: folder, thread: thread, clock: clock)
        try await running(thread, storage) {
          if run == 1 {
            _ = try await place(Freeze.Draft(scope: .address(Sample.signup), reason: "x", until: end), in: ledger)
            let released = try await place(in: ledger)
            _ = try await ledger.releaseFreeze(released.id, by: Sample.operatorActor)
          }
          let appended = try await ledger.append(Self.group())
          switch (run, appended) {
          case (1, .frozen), (2, .frozen), (3, .recorded): break
          default: Issue.record("\(run) \(appended)")
          }
          #expect(ledger.freezes.count(at: clock.read()) == (run == 3 ? 0 : 1))
        }
        if run == 2 { clock.advance(by: .seconds(3600)) }
      }
    }
  }

  @Test func theFreezesThatWereOverLastAreRead() async throws {
    let clock = ManualClock()
    func draft(until seconds: Int?) -> Freeze.Draft {
      Freeze.Draft(scope: .everything, reason: "x", until: seconds.map { ManualClock.start.before(.seconds(-$0)) })
    }
    try await withLedger(clock: clock) { ledger in
      let first = try await place(draft(until: 100), in: ledger)
      let released = try await place(draft(until: 200), in: ledger)
      let endless = try await place(draft(until: nil), in: ledger)
      _ = try await ledger.releaseFreeze(released.id, by: Sample.operatorActor)
      clock.advance(by: .seconds(50))
      _ = try await ledger.releaseFreeze(endless.id, by: Sample.operatorActor)
      clock.advance(by: .seconds(50))

      for (limit, ids) in [(1, [first.id]), (2, [first.id, endless.id]), (9, [first.id, endless.id, released.id])] {
        let past = try await ledger.history.read { db in try FreezeRows.past(at: clock.read(), limit: limit, db) }
        #expect(past.map(\.id) == ids)
      }
    }
  }

  @Test func aFreezeThatWasRolledBackIsNotInForce() async throws {
    try await withLedger { ledger in
      struct Failure: Error {}
      await #expect(throws: (any Error).self) {
        try await ledger.write { session -> Void in
          _ = try session.place(Self.everything, by: Sample.operatorActor)
          throw Failure()
        }
      }

      guard case .recorded = try await ledger.append(Self.group()) else { Issue.record("frozen"); return }
      #expect(ledger.freezes.isEmpty)
      #expect(try await ledger.history.openFreezes(at: ledger.now).isEmpty)
    }
  }

  @Test func theNumberOfFreezesIsLimited() async throws {
    try await withLedger { ledger in
      try await ledger.write { session in
        for _ in 0..<Freeze.maximumCount { _ = try session.place(Self.everything, by: Sample.operatorActor) }
      }

      #expect(try await ledger.place(Self.everything, by: Sample.operatorActor).freeze == nil)
      _ = try await ledger.releaseFreeze(1, by: Sample.operatorActor)
      #expect(try await ledger.place(Self.everything, by: Sample.operatorActor).freeze != nil)
    }
  }

  @Test(arguments: [
    ("DELETE FROM change_freeze WHERE id = 1", "change_freeze"),
    ("UPDATE change_freeze SET ends = 5 WHERE id = 1", "change_freeze"),
    ("UPDATE change_freeze SET released = 2 WHERE id = 1", "change_freeze"),
    ("UPDATE change_freeze SET released = NULL WHERE id = 2", "change_freeze"),
    ("DELETE FROM freeze_override", "freeze_override"),
    ("INSERT INTO freeze_override VALUES (1, 4)", "freeze_override"),
  ])
  func aVerificationFindsAlteredFreezes(statement: String, table: String) async throws {
    try await withLedgerFile { ledger, storage in
      _ = try await place(in: ledger)
      let second = try await place(in: ledger)
      _ = try await ledger.releaseFreeze(second.id, by: Sample.operatorActor)
      _ = try await ledger.append(Self.group(override: "x"))
      #expect(try await ledger.report().findings == [])

      try editByHand(storage.path, statement)

      let tables = try await ledger.report().findings.compactMap { finding in
        if case .damagedTable(let name, _) = finding { name } else { nil }
      }
      #expect(tables == [table])
    }
  }

  @Test(arguments: [
    "UPDATE service_event_personal SET reason = 'forged'", "UPDATE service_event_personal SET reason = NULL",
    "UPDATE freeze_override SET event = 1",
  ])
  func anAlteredOverrideIsNotShown(statement: String) async throws {
    try await withLedgerFile { ledger, storage in
      _ = try await place(in: ledger)
      _ = try await ledger.append(Self.group(override: "x"))
      try editByHand(storage.path, statement)

      await #expect(throws: LedgerError.self) { try await ledger.history.change(Change.ID(2)) }
      #expect(try await ledger.history.change(Change.ID(1))?.override == nil)
    }
  }

  @Test(arguments: [
    "INSERT INTO change_freeze (id) VALUES (9)", "DELETE FROM change_freeze", "UPDATE change_freeze SET ends = 5",
    "UPDATE change_freeze SET released = 1", "UPDATE freeze_override SET event = 1",
    "UPDATE service_event_personal SET reason = 'y'", "DELETE FROM freeze_override",
    "INSERT INTO freeze_override VALUES (1, 1)",
  ])
  func theSchemaRefusesEditsOfFreezes(statement: String) async throws {
    try await withLedgerFile { ledger, storage in
      _ = try await place(in: ledger)
      _ = try await ledger.append(Self.group(override: "x"))

      #expect(!(try sqlite3(storage.path, statement)).isEmpty)
    }
  }

  @Test func aPurgeDeletesAnOverrideWithItsChange() async throws {
    let clock = ManualClock(at: Timestamp(microseconds: 1_600_000_000_000_000))
    try await withLedger(clock: clock) { ledger in
      _ = try await place(in: ledger)
      for (before, after, reason) in [(.none, Sample.fraudCheck, "x"), (Sample.fraudCheck, .none, "y")] {
        let draft = Group.Draft(Sample.intent(before: before, after: after), .intended)
        let override = Group.Override(because: reason, by: Sample.operatorActor)
        let appended = try await ledger.append(Group(drafts: [draft], override: override))
        guard case .recorded(_, let drafts) = appended else { Issue.record("\(appended)"); return }
        try await ledger.settle(drafts[0])
      }
      clock.advance(by: .seconds(400 * 86_400))

      try await ledger.purgeHistoryOlderThanADay()

      #expect(try await ledger.history.changes(ChangeQuery()).map(\.override?.reason) == ["y"])
      #expect(try await ledger.report().findings == [])
    }
  }

  @Test func anErasureDeletesTheNameOfTheFreezeFromMemory() async throws {
    let adele = Change.Actor(type: .user, id: "adele", name: "Adele", proof: .entra)
    try await withLedger { ledger in
      _ = try await ledger.place(Self.everything, by: adele)
      #expect(ledger.freezes.all.map(\.actor.name) == ["Adele"])
      _ = try await ledger.askErasure(of: .actor("adele"), by: Sample.operatorActor)
      let erasures = try #require(try await ledger.unfinishedDeletions()).erasures

      var position = Ledger.ErasurePosition()
      while try await ledger.continueErasure(erasures[0], from: &position) == .more {}

      #expect(ledger.freezes.all.map(\.actor.name) == [nil])
      #expect(ledger.freezes.all.map(\.actor.id) == ["adele"])
      guard case .frozen = try await ledger.append(Self.group()) else { Issue.record("not frozen"); return }
    }
  }
}
