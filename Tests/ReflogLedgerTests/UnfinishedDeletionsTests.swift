import Foundation
@testable import ReflogLedger
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

/// Tests that run each step of a purge or an erasure separately.
struct UnfinishedDeletionsTests {
  private static let admin = Sample.operatorActor
  private static let signup = FlowScope.flow(Sample.signup.flowType, Sample.signup.flow)
  private static let other = Sample.address("b2cUserFlows/B2C_1_other/postFederationSignup")

  @Test func aPurgeClaimsRowsInOneTransactionAndDeletesThemInALaterTransaction() async throws {
    try await withOldChanges { it in
      _ = try await it.ledger.askPurge(before: it.ledger.now, by: Self.admin)
      #expect(try await it.ledger.continuePurge() == .more)
      #expect(try await it.kinds().contains(.purged))
      #expect(try await it.ids() == Array(1...8))

      #expect(try await it.ledger.continuePurge() == .more)

      #expect(try await it.ids() == [4, 8])
      #expect(try await it.ledger.continuePurge() == .done)
      try await it.verify()
    }
  }

  @Test func aLegalHoldAfterTheClaimPreventsTheDeletion() async throws {
    try await withOldChanges { it in
      _ = try await it.ledger.askPurge(before: it.ledger.now, by: Self.admin)
      _ = try await it.ledger.continuePurge()
      #expect(try await it.ledger.place("CASE", on: Self.signup, because: "x", by: Self.admin) != nil)
      try await it.purgeAll()
      #expect(try await it.ids() == [1, 2, 3, 4, 8])
      // The claim is the event that lists the rows to delete. The event `purgeWithdrawn` cancels the claim. So if these
      // rows were missing later, a verification would not accept the claim as the reason.
      #expect(try await it.kinds().contains(.purgeWithdrawn))
      try await it.verify()

      #expect(try await it.ledger.releaseHold(named: "CASE", by: Self.admin))
      try await it.purgeAll()
      #expect(try await it.ids() == [4, 8])
      try await it.verify()
    }
  }

  @Test(
    arguments: [
      "DELETE FROM hold", "UPDATE hold SET flow = flow + 1", "UPDATE retention SET days = 2", "DELETE FROM retention",
      "UPDATE purge SET before = before - 1",
    ]
  )
  func aPurgeStopsIfTheRetentionPolicyOrAHoldDiffersFromItsRecord(statement: String) async throws {
    try await withOldChanges { it in
      #expect(try await it.ledger.place("Case", on: Self.signup, because: "x", by: Self.admin) != nil)
      _ = try await it.ledger.askPurge(before: it.ledger.now, by: Self.admin)
      _ = try await it.ledger.continuePurge()
      try it.database.edit(statement)

      await #expect(throws: LedgerError.self) { try await it.ledger.continuePurge() }
      #expect(try await it.ids() == Array(1...8))
    }
  }

  @Test func aClaimThatContainsAProtectedChangeDeletesNoRow() async throws {
    try await withOldChanges { it in
      let purge = try await it.ledger.askPurge(before: it.ledger.now, by: Self.admin)
      // A purge must keep change 4, because change 4 set the current reference of its step.
      let details: JSONObject = ["purge": .integer(purge.id), "changes": .string("4"), "entries": .string("6-7")]
      try await it.ledger.record([ServiceEvent.Content(.purged, details: details)])

      await #expect(throws: LedgerError.self) { try await it.ledger.continuePurge() }
      #expect(try await it.ids() == Array(1...8))
    }
  }

  @Test func aPurgeSearchesAgainIfAHoldOrTheRetentionPolicyChanged() async throws {
    try await withOldChanges { it in
      #expect(try await it.ledger.place("CASE", on: Self.signup, because: "x", by: Self.admin) != nil)
      _ = try await it.ledger.askPurge(before: it.ledger.now, by: Self.admin)
      let found = try #require(try await it.ledger.nextClaim())

      // After the release of the hold, the purge can delete more changes, so the purge must search again. The ledger
      // must ignore `found`, because `found` is the result of the earlier search.
      #expect(try await it.ledger.releaseHold(named: "CASE", by: Self.admin))
      try await it.ledger.claim(found)
      #expect(try await !it.kinds().contains(.purged))

      let again = try #require(try await it.ledger.nextClaim())
      try await it.ledger.set(RetentionPolicy(days: nil), overriding: false, by: Self.admin)
      try await it.ledger.claim(again)
      #expect(try await !it.kinds().contains(.purged))
    }
  }

  @Test func changesArePurgedIfTheirHoldIsReleasedDuringThePurge() async throws {
    try await withOldChanges { it in
      #expect(try await it.ledger.place("CASE", on: Self.signup, because: "x", by: Self.admin) != nil)
      let purge = try await it.ledger.askPurge(before: it.ledger.now, by: Self.admin)
      try await it.deleteAll()
      #expect(try await it.ids() == [1, 2, 3, 4, 8])

      #expect(try await it.ledger.releaseHold(named: "CASE", by: Self.admin))
      try await it.ledger.finish(purge: purge, erasures: [])

      let unfinished = try #require(try await it.ledger.history.newestPurge())
      #expect(unfinished.finished == nil)
      try await it.purgeAll()
      #expect(try await it.ids() == [4, 8])
    }
  }

  @Test func aPurgeEndsIfTheRetentionPolicyIsWithdrawn() async throws {
    try await withOldChanges { it in
      _ = try await it.ledger.askPurge(before: it.ledger.now, by: Self.admin)
      _ = try await it.ledger.continuePurge()
      try await it.ledger.set(RetentionPolicy(days: nil), overriding: false, by: Self.admin)
      try await it.purgeAll()
      #expect(try await it.ids() == Array(1...8))
      try await it.verify()
    }
  }

  @Test func eventsArePurgedAlthoughManyKeptEventsPrecedeThem() async throws {
    try await withOldChanges { it in
      // The purge must keep these 4,500 events. The purge must also reach and delete the event that is recorded next.
      for _ in 1...30 {
        try await it.ledger.record((1...150).map { _ in ServiceEvent.Content(.keyRotated) })
      }
      try await it.ledger.record([ServiceEvent.Content(.historyRead)])
      it.clock.advance(by: .seconds(3 * 86_400))
      _ = try await it.ledger.askPurge(before: it.ledger.now.before(.seconds(86_400)), by: Self.admin)
      try await it.purgeAll()
      #expect(try await !it.kinds().contains(.historyRead))
    }
  }

  /// These events are kept, because a pack for auditors shows the role of a token, and the token can be valid for
  /// longer than the policy keeps history.
  @Test func theEventsOfTokensAreNotPurged() async throws {
    try await withOldChanges { it in
      for kind in [ServiceEvent.Kind.tokenCreated, .tokenRevoked, .export] {
        try await it.ledger.record([ServiceEvent.Content(kind)])
      }
      it.clock.advance(by: .seconds(3 * 86_400))
      _ = try await it.ledger.askPurge(before: it.ledger.now.before(.seconds(86_400)), by: Self.admin)
      try await it.purgeAll()

      let kinds = try await it.kinds()
      #expect(kinds.isSuperset(of: [.tokenCreated, .tokenRevoked]))
      #expect(!kinds.contains(.export))
    }
  }

  @Test func theNameOfAFlowWhoseChangesWerePurgedIsNotProposed() async throws {
    try await withOldChanges { it in
      let vanished = Sample.address("b2cUserFlows/B2C_1_vanished/postFederationSignup")
      try await it.ledger.record(Sample.intent(before: .none, after: .none, at: vanished), .denied)
      let filter = try ChangeFilter.parse("contains(flowId,'vanishd')")
      #expect(try await it.ledger.history.nearestNames(to: filter).map(\.names) == [["B2C_1_vanished"]])
      it.clock.advance(by: .seconds(3 * 86_400))
      _ = try await it.ledger.askPurge(before: it.ledger.now.before(.seconds(86_400)), by: Self.admin)
      try await it.purgeAll()

      #expect(try await it.ledger.history.nearestNames(to: filter).isEmpty)
    }
  }

  @Test func anErasureDeletesAllNamesThatAnActorHad() async throws {
    try await withOldChanges { it in
      for name in ["Adele", "Adele Vance"] {
        let adele = Change.Actor(type: .user, id: "adele", name: name, userPrincipalName: "adele@contoso.example")
        try await it.change(Sample.intent(before: .none, after: .none, by: adele))
      }
      // The recorded id is in lower case. The erasure must also find the actor if the id is given in upper case.
      #expect(try await it.ledger.erase(.actor("ADELE")) == 1)

      let names = try await it.ledger.history.changes().compactMap(\.intent.actor.userPrincipalName)
      #expect(names.isEmpty)
      let content = try it.database.contents()
      for text in ["Adele", "adele@"] { #expect(content.firstRange(of: Data(text.utf8)) == nil) }
      try await it.verify()
    }
  }

  /// Calls `body` with a ledger that has four old changes at each of two steps.
  private func withOldChanges(_ body: (Fixture) async throws -> Void) async throws {
    let clock = ManualClock(at: Timestamp(microseconds: 1_600_000_000_000_000))
    try await withLedgerDatabase(clock: clock) { ledger, database in
      let it = Fixture(ledger: ledger, database: database, clock: clock)
      for address in [Sample.signup, Self.other] {
        for after in [Sample.fraudCheck, .none, Sample.newVendor, .none] {
          try await it.change(Sample.intent(before: .unknown, after: after, at: address))
        }
      }
      clock.advance(by: .seconds(400 * 86_400))
      try await ledger.set(RetentionPolicy(days: 1), overriding: true, by: Self.admin)
      try await body(it)
    }
  }
}

extension Ledger {
  /// Returns the rows that the unfinished purge would claim next, or nil if the purge would claim no more rows.
  fileprivate func nextClaim() async throws -> Purgeable? {
    let state = try await history.read { db in try PurgeRows.newest(db) }
    return try await nextPurgeable(try #require(state))
  }
}

/// A ledger, its database and its clock.
private struct Fixture {
  let ledger: Ledger
  let database: any TestDatabase
  let clock: ManualClock

  func change(_ intent: Change.Intent) async throws {
    try await ledger.apply(intent)
  }

  func purgeAll() async throws {
    if try await ledger.unfinishedDeletions() == nil {
      _ = try await ledger.askPurge(before: ledger.now, by: Sample.operatorActor)
    }
    try await deleteAll()
    try await ledger.finish(purge: try await ledger.unfinishedDeletions()?.purge, erasures: [])
  }

  func deleteAll() async throws {
    while case .more = try await ledger.continuePurge() {}
  }

  func ids() async throws -> [Int64] { try await ledger.history.changes().map(\.id.number).sorted() }

  func kinds() async throws -> Set<ServiceEvent.Kind> {
    Set(try await ledger.history.oldestEvents(after: 0, upTo: .max, limit: 10_000).map(\.content.kind))
  }

  func verify(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await expectClean(ledger, sourceLocation: sourceLocation)
  }
}
