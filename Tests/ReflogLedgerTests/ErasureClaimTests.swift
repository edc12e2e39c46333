import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that a signed event lists every entry whose personal data an erasure deletes.
struct ErasureClaimTests {
  private static let adele = Change.Actor(type: .user, id: "adele", name: "Adele", ipAddress: "::1", proof: .entra)
  private static let brian = Change.Actor(type: .user, id: "brian", name: "Brian", ipAddress: "::1", proof: .entra)
  private static let signup = FlowScope.flow(Sample.signup.flowType, Sample.signup.flow)
  private static let other = Sample.address("b2cUserFlows/B2C_1_other/postFederationSignup")

  @Test func anErasureClaimsDataInOneTransactionAndDeletesItInALaterTransaction() async throws {
    try await withChanges { it in
      try await it.ask("adele")

      #expect(try await it.step() == .more)
      #expect(try await it.names() == [1, 2, 3, 4])
      #expect(try await it.claims() == ["0,2,4"])

      #expect(try await it.step() == .more)
      #expect(try await it.names() == [4])
      try await it.finish()
      try await it.verify([])
    }
  }

  @Test func dataUnderALegalHoldIsNotClaimed() async throws {
    try await withChanges { it in
      #expect(try await it.ledger.place("CASE", on: Self.signup, because: "x", by: Self.brian) != nil)
      try await it.ask("adele")
      try await it.finish()

      #expect(try await it.names() == [1, 4])
      #expect(try await it.ledger.releaseHold(named: "CASE", by: Self.brian))
      // The erasure left out the data under the legal hold, so no event of the ledger records this deletion of the
      // data.
      try await it.eraseByHand(change: 1)

      try await it.verify([.erasedUnrecorded(change: Change.ID(1))])
    }
  }

  @Test func aLegalHoldAfterTheClaimKeepsTheData() async throws {
    try await withChanges { it in
      try await it.ask("adele")
      #expect(try await it.step() == .more)
      #expect(try await it.ledger.place("CASE", on: Self.signup, because: "x", by: Self.brian) != nil)
      try await it.finish()

      #expect(try await it.names() == [1, 4])
      #expect(try await it.claims() == ["0,2,4", "0,2,4", "2,4"])
      try await it.verify([])
      try await it.eraseByHand(change: 1)
      try await it.verify([.erasedUnrecorded(change: Change.ID(1))])
    }
  }

  @Test func aClaimDoesNotCoverTheDataAboutAnotherActor() async throws {
    try await withChanges { it in
      try await it.ask("adele")
      try await it.finish()

      try await it.eraseByHand(change: 4)

      try await it.verify([.erasedUnrecorded(change: Change.ID(4))])
    }
  }

  /// A claim is the event that lists the entries whose data is deleted next. A claim is open as long as no data has
  /// been deleted for it.
  ///
  /// The ledger finds an open claim in the service events. So the ledger finds the claim even if another program edits
  /// the table `erasure` or `purge`.
  @Test func anOpenClaimIsWithdrawnIfItsErasureWasMarkedAsFinished() async throws {
    try await withChanges { it in
      try await it.ask("adele")
      #expect(try await it.step() == .more)
      try it.database.edit("UPDATE erasure SET finished = 1")

      let unfinished = try await it.ledger.unfinishedDeletions()

      #expect(unfinished == nil)
      try await it.eraseByHand(change: 1)
      try await it.verify([.erasedUnrecorded(change: Change.ID(1))])
    }
  }

  @Test func anOpenClaimIsWithdrawnIfItsPurgeWasMarkedAsFinished() async throws {
    try await withChanges { it in
      it.clock.advance(by: .seconds(400 * 86_400))
      try await it.ledger.set(RetentionPolicy(days: 1), overriding: true, by: Self.brian)
      _ = try await it.ledger.askPurge(before: it.ledger.now, by: Self.brian)
      #expect(try await it.ledger.continuePurge() == .more)
      try it.database.edit("UPDATE purge SET finished = 1")

      let unfinished = try await it.ledger.unfinishedDeletions()

      #expect(unfinished == nil)
      try it.database.edit(
        """
        DELETE FROM change_personal WHERE change = 1; DELETE FROM change WHERE id = 1;
        UPDATE entry SET change = 0, salt = NULL WHERE change = 1
        """
      )
      try await it.verify([.missingChanges(1...1), .missing(sequence: 0), .missing(sequence: 1)])
    }
  }

  @Test(arguments: [
    "UPDATE erasure SET actor = (SELECT id FROM actor WHERE actor_id = 'brian')", "DELETE FROM hold",
    "UPDATE erasure SET event = (SELECT max(id) FROM service_event WHERE kind = 'holdPlaced')",
  ])
  func anErasureStopsIfItsRowsDifferFromItsServiceEvent(statement: String) async throws {
    try await withChanges { it in
      #expect(try await it.ledger.place("CASE", on: Self.signup, because: "x", by: Self.brian) != nil)
      try await it.ask("adele")
      try it.database.edit(statement)

      await #expect(throws: LedgerError.self) { try await it.step() }
      #expect(try await it.names() == [1, 2, 3, 4])
    }
  }

  /// The log's record of an outcome contains the person who stated the result.
  ///
  /// So a verification can check the person even after the person's statement was erased.
  @Test(arguments: ["SET actor = (SELECT id FROM actor WHERE actor_id = 'brian')", "SET actor_proof = 'graph'"])
  func theLogContainsThePersonWhoStatedAResult(edit: String) async throws {
    try await withChanges { it in
      let pending = try await it.ledger.record(Sample.intent(before: .none, after: .none, at: Self.other), .intended)
      let statement = Change.Statement(result: .applied, reason: "Support says so", actor: Self.adele)
      try await it.ledger.settle(pending, by: .stated(statement), settledBy: .person)
      try await it.ask("adele")
      try await it.finish()
      try await it.verify([])

      try it.database.edit("UPDATE change_statement \(edit)")

      try await it.verify([.altered(change: pending.id, sequence: pending.sequence + 1)])
    }
  }

  /// Calls `body` with a ledger that has three changes of one actor and one change of another actor.
  private func withChanges(_ body: (inout Fixture) async throws -> Void) async throws {
    let clock = ManualClock(at: Timestamp(microseconds: 1_600_000_000_000_000))
    try await withLedgerDatabase(clock: clock) { ledger, database in
      for (actor, address) in [
        (Self.adele, Sample.signup), (Self.adele, Self.other), (Self.adele, Self.other), (Self.brian, Self.other),
      ] {
        try await ledger.apply(Sample.intent(before: .unknown, after: .none, at: address, by: actor))
      }
      var it = Fixture(ledger: ledger, database: database, clock: clock)
      try await body(&it)
    }
  }
}

/// A ledger, its database, and the progress of an erasure.
private struct Fixture {
  let ledger: Ledger
  let database: any TestDatabase
  let clock: ManualClock
  private var position = Ledger.ErasurePosition()

  init(ledger: Ledger, database: any TestDatabase, clock: ManualClock) {
    self.ledger = ledger
    self.database = database
    self.clock = clock
  }

  func ask(_ actor: String) async throws {
    #expect(try await ledger.askErasure(of: .actor(actor), by: Sample.operatorActor) == 1)
  }

  mutating func step() async throws -> Ledger.UnfinishedDeletions.Progress {
    let id = try #require(try await ledger.history.read { db in try ErasureRows.unfinished(db).first?.id })
    return try await ledger.continueErasure(id, from: &position)
  }

  mutating func finish() async throws {
    while case .more = try await step() {}
    try await ledger.finish(purge: nil, erasures: try #require(try await ledger.unfinishedDeletions()).erasures)
  }

  /// The ids of the changes whose personal data is not erased.
  func names() async throws -> [Int64] {
    try await ledger.history.changes().filter { $0.intent.reason != nil }.map(\.id.number).sorted()
  }

  /// The entries in the claims and in the withdrawals, in the order of the events.
  func claims() async throws -> [String?] {
    try await ledger.history.oldestEvents(after: 0, upTo: .max, limit: 100)
      .filter { $0.content.kind == .erased || $0.content.kind == .erasureWithdrawn }
      .map { $0.content.details["entries"]?.string }
  }

  /// Erases the personal data of a change as another program could, and names the newest claim as the reason.
  func eraseByHand(change: Int64) async throws {
    let other = try await ledger.history.read { db in
      try db.first("SELECT hash FROM entry ORDER BY sequence LIMIT 1") { Hash(bytes: try $0.blob(0)) }
    }
    let record = try #require(try await personalHash(change) ?? other ?? nil)
    try database.edit(
      """
      UPDATE change_personal SET salt = NULL, actor_name = NULL, ip_address = NULL, reason = NULL,
        erased_hash = \(database.literal(ofHexadecimal: record.description)),
        erased_event = (SELECT id FROM service_event WHERE kind = 'erased' ORDER BY id DESC LIMIT 1)
      WHERE change = \(change)
      """
    )
  }

  /// The hash of a change's personal part, or nil if the part was erased.
  private func personalHash(_ change: Int64) async throws -> Hash? {
    let part = try await ledger.history.read { db in
      try db.first(
        """
        SELECT salt, ip_address, reason, name FROM change_personal
        JOIN actor_name ON actor_name.id = actor_name WHERE change = ?
        """,
        [change]
      ) { row in
        let actor = Change.Actor(type: .user, id: "", name: try row.text(3), ipAddress: try row.text(1))
        let salt = try #require(Salt(bytes: try row.blob(0)))
        return try PersonalPart(salt: salt, actor: actor, reason: try row.text(2))
      }
    }
    return part?.hash
  }

  func verify(
    _ findings: [LedgerReport.Finding],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let report = try await ledger.report()
    #expect(report.findings == findings, sourceLocation: sourceLocation)
    #expect(report.log.findings == [], sourceLocation: sourceLocation)
  }
}
