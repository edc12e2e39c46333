import ReflogModel
import ReflogStorage
import ReflogTesting
import Synchronization
import Testing

@testable import ReflogLedger

/// Tests of groups: the items that one append records together, and the reasons why the ledger refuses a group.
struct GroupTests {
  private static let intent = Sample.intent(before: .none, after: Sample.fraudCheck)
  private static let key = IdempotencyKey(keyHash: bytes(1), bodyHash: bytes(2))
  private static let keyOfAnotherBody = IdempotencyKey(keyHash: bytes(1), bodyHash: bytes(3))

  private static func bytes(_ byte: UInt8) -> [UInt8] { Array(repeating: byte, count: 32) }

  /// Returns a group that writes to every table.
  private func fullGroup(
    settling pending: Change? = nil,
    key: IdempotencyKey? = nil,
    prepared: [(address: Address, newestApplied: Change.ID?)] = [],
    connectors: [ConnectorID] = []
  ) -> Group {
    Group(
      settlements: pending.map { [.init($0, by: .answered(.applied(.noContent)), settledBy: .request)] } ?? [],
      drafts: [.init(Sample.intent(before: .none, after: Sample.newVendor, at: Sample.attributes), .found)],
      events: [ServiceEvent.Content(.historyRead)],
      key: key,
      seen: [.reference(Sample.attributes, Sample.newVendor)],
      prepared: prepared,
      connectors: connectors
    )
  }

  /// Returns all rows of the tables that a group can write to.
  private func dump(_ database: any TestDatabase) throws -> String {
    try database.query(
      """
      SELECT * FROM change; SELECT * FROM change_personal; SELECT * FROM entry; SELECT * FROM service_event;
      SELECT * FROM idempotency; SELECT * FROM seen_reference; SELECT * FROM head; SELECT * FROM address;
      SELECT * FROM connector; SELECT * FROM actor
      """
    )
  }

  @Test func aGroupIsRecordedInTheOrderOfItsParts() async throws {
    try await withLedger { ledger in
      let pending = try await ledger.record(Self.intent, .intended)

      let appended = try await ledger.append(fullGroup(settling: pending))

      guard case .recorded(let settled, let drafts) = appended else {
        Issue.record("\(appended)")
        return
      }
      #expect(settled.map(\.sequence) == [1])
      #expect(drafts.map(\.sequence) == [2])
      let event = try await ledger.history.newestEvents(before: nil, limit: 1).first
      #expect(event?.sequence == 3)
    }
  }

  @Test func aRepeatedKeyReturnsTheRecordedChangeAndRecordsNothing() async throws {
    try await withLedgerDatabase { ledger, database in
      let group = Group(drafts: [.init(Self.intent, .intended)], key: Self.key)
      guard case .recorded(_, let recorded) = try await ledger.append(group) else {
        Issue.record("the first group was refused")
        return
      }
      let before = try dump(database)

      let again = try await ledger.append(fullGroup(key: Self.key))
      let other = try await ledger.append(fullGroup(key: Self.keyOfAnotherBody))

      guard case .repeated(let id, isSameBody: true) = again, case .repeated(id, isSameBody: false) = other else {
        Issue.record("\(again) \(other)")
        return
      }
      #expect(id == recorded[0].id)
      #expect(try dump(database) == before)
    }
  }

  @Test func anIdempotencyKeyBelongsToTheFirstIntentAndNotToAnEarlierDrift() async throws {
    try await withLedger { ledger in
      let drift = Sample.intent(before: .none, after: Sample.newVendor, by: .unknown, kind: .drift)
      let drafts = [Group.Draft(drift, .found), Group.Draft(Self.intent, .intended)]
      _ = try await ledger.append(Group(drafts: drafts, key: Self.key))

      let named = try await ledger.change(named: Self.key)

      #expect(named?.change.id == Change.ID(2))
      #expect(named?.isSameBody == true)
    }
  }

  @Test func anIdempotencyKeyIsFreeAgainIfItsChangeWasNotApplied() async throws {
    try await withLedger { ledger in
      _ = try await ledger.append(Group(drafts: [.init(Self.intent, .intended)], key: Self.key))
      let pending = try #require(try await ledger.history.change(Change.ID(1)))
      try await ledger.settle(pending, by: .answered(.notSent(reason: "connection refused")))

      let otherBody = try await ledger.append(fullGroup(key: Self.keyOfAnotherBody))
      let sameBody = try await ledger.append(fullGroup(key: Self.key))
      let thenRepeated = try await ledger.append(fullGroup(key: Self.key))

      guard case .repeated(Change.ID(1), isSameBody: false) = otherBody, case .recorded = sameBody,
        case .repeated(Change.ID(2), isSameBody: true) = thenRepeated
      else {
        Issue.record("\(otherBody) \(sameBody) \(thenRepeated)")
        return
      }
    }
  }

  @Test func anIdempotencyKeyIsFreeAfterADay() async throws {
    let clock = ManualClock()
    try await withLedger(clock: clock) { ledger in
      _ = try await ledger.append(Group(drafts: [.init(Self.intent, .intended)], key: Self.key))
      clock.advance(by: .seconds(86_401))

      let again = try await ledger.append(fullGroup(key: Self.key))

      guard case .recorded = again else {
        Issue.record("\(again)")
        return
      }
    }
  }

  @Test func aPendingChangeAtAnAddressRefusesTheGroup() async throws {
    try await withLedgerDatabase { ledger, database in
      let pending = try await ledger.record(Self.intent, .intended)
      let before = try dump(database)

      let appended = try await ledger.append(fullGroup(key: Self.key, prepared: [(Sample.signup, nil)]))

      guard case .pending(pending.id) = appended else {
        Issue.record("\(appended)")
        return
      }
      #expect(try dump(database) == before)
    }
  }

  @Test func aPendingChangeOfAConnectorRefusesTheGroup() async throws {
    try await withLedgerDatabase { ledger, database in
      let id = try #require(Sample.fraudCheck.connectorID)
      let edit = Change.Intent(
        subject: .connector,
        kind: .update,
        before: Sample.fraudCheck,
        after: Sample.fraudCheck,
        actor: Sample.operatorActor,
        requestID: "request"
      )
      let pending = try await ledger.record(edit, .intended)
      let before = try dump(database)

      let appended = try await ledger.append(fullGroup(connectors: [id]))

      guard case .pending(pending.id) = appended else {
        Issue.record("\(appended)")
        return
      }
      #expect(try dump(database) == before)
      try await ledger.settle(pending)
      guard case .recorded = try await ledger.append(fullGroup(connectors: [id])) else {
        Issue.record("the connector is still locked")
        return
      }
    }
  }

  @Test(arguments: [nil, Change.ID(1)])
  func aGroupIsRefusedIfItsAddressChangedAfterItWasPrepared(prepared: Change.ID?) async throws {
    try await withLedgerDatabase { ledger, database in
      try await ledger.record(Self.intent, .found)
      try await ledger.record(Sample.intent(before: Sample.fraudCheck, after: .none), .found)
      let before = try dump(database)

      let appended = try await ledger.append(fullGroup(key: Self.key, prepared: [(Sample.signup, prepared)]))

      guard case .moved(Sample.signup) = appended else {
        Issue.record("\(appended)")
        return
      }
      #expect(try dump(database) == before)
    }
  }

  @Test func aGroupIsRecordedIfItWasPreparedFromTheNewestAppliedChange() async throws {
    try await withLedger { ledger in
      let newest = try await ledger.record(Self.intent, .found)
      // The directory denied this change, so `newest` is still the newest applied change.
      try await ledger.record(Self.intent, .denied)

      let appended = try await ledger.append(
        fullGroup(prepared: [(Sample.signup, newest.id), (Sample.attributes, nil)])
      )

      guard case .recorded = appended else {
        Issue.record("\(appended)")
        return
      }
    }
  }

  @Test func aGroupIsRefusedEvenIfTheNewerAppliedChangeHadNoEffect() async throws {
    try await withLedger { ledger in
      let first = try await ledger.record(Self.intent, .found)
      try await ledger.apply(Sample.intent(before: Sample.fraudCheck, after: Sample.fraudCheck))

      let appended = try await ledger.append(fullGroup(prepared: [(Sample.signup, first.id)]))

      guard case .moved(Sample.signup) = appended else {
        Issue.record("\(appended)")
        return
      }
    }
  }

  /// One transaction contains three groups, and the second group fails.
  ///
  /// At the moment of the failure, the second group has already written a change and an entry.
  @Test func aGroupThatFailsIsRolledBackAloneAndTheOthersAreKept() async throws {
    try await withDatabase { database in
      try await withLedger(in: database) { ledger, thread in
        let groups = [
          Group(drafts: [.init(Self.intent, .intended)]),
          // This group fails: two changes at one address cannot be pending at the same time.
          Group(
            drafts: [1, 2].map { _ in
              .init(Sample.intent(before: .none, after: Sample.newVendor, at: Sample.attributes), .intended)
            },
            events: [ServiceEvent.Content(.historyRead)]
          ),
          Group(drafts: [.init(Sample.intent(before: .none, after: .none, at: Self.third), .found)]),
        ]
        let ends = Mutex<[Int: Bool]>([:])
        for (number, group) in groups.enumerated() {
          ledger.writer.submit { session in
            try session.append(group, acceptsClock: true)
          } completion: { result in
            ends.withLock { $0[number] = (try? result.get()) != nil }
          }
        }

        try await running(thread) {
          try await ledger.record([ServiceEvent.Content(.historyRead)])

          #expect(ends.withLock { $0 } == [0: true, 1: false, 2: true])
          let changes = try await ledger.history.changes(ChangeQuery(isAscending: true))
          #expect(changes.map(\.id.number) == [1, 2])
          #expect(changes.map(\.sequence) == [0, 1])
          #expect(changes.compactMap(\.intent.subject.address) == [Sample.signup, Self.third])
          try await expectClean(ledger)
        }
      }
    }
  }

  /// The next change gets the id and the sequence number that the failed change would have had.
  @Test func aFailedGroupLeavesNoGapInTheIDsOfTheChanges() async throws {
    try await withLedger { ledger in
      try await ledger.record(Self.intent, .intended)

      for _ in 1...3 {
        await #expect(throws: LedgerError.self) { try await ledger.record(Self.intent, .intended) }
      }

      let next = try await ledger.record(Self.intent, .found)
      #expect(next.id == Change.ID(2))
      #expect(next.sequence == 1)
      try await expectClean(ledger)
    }
  }

  private static let third = Sample.address("b2cUserFlows/B2C_1_signup/preTokenIssuance")
}
