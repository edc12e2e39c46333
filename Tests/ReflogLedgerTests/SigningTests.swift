import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that each transaction signs a checkpoint that covers all entries of the log.
///
/// The ledger must never sign an entry that another program appended.
struct SigningTests {
  private static let intent = Sample.intent(before: .none, after: Sample.fraudCheck)

  /// Expects that the newest checkpoint covers every entry in the database and has a valid signature.
  private func expectAllIsSigned(
    _ ledger: Ledger,
    _ database: any TestDatabase,
    isPublished: Bool = true
  ) async throws {
    let head = try #require(try await ledger.history.checkpoint())
    let keys = ledger.signers.keys.map(\.verifierKey)
    let signed = try Checkpoint(
      opening: SignedNote(parsing: Array(head.note.utf8)),
      of: try await ledger.history.origin(),
      with: keys
    )
    let count = try database.query("SELECT count(*) FROM entry")
    #expect("\(signed.size)" == count)
    #expect("\(head.size)" == count)
    let root = try await ledger.history.root(ofFirst: signed.size)
    #expect(signed.root == root)
    if isPublished { #expect(ledger.newestCheckpoint == head.note) }
  }

  @Test func everyAppendSignsAllEntries() async throws {
    try await withLedgerDatabase { ledger, database in
      let first = try await ledger.history.checkpoint()
      #expect(first == nil)
      let pending = try await ledger.record(Self.intent, .intended)
      try await expectAllIsSigned(ledger, database)
      try await ledger.settle(pending)
      try await expectAllIsSigned(ledger, database)
      try await ledger.record([ServiceEvent.Content(.historyRead), ServiceEvent.Content(.export)])
      try await expectAllIsSigned(ledger, database)
      try await ledger.set(RetentionPolicy(days: 500), overriding: false, by: Sample.operatorActor)
      try await expectAllIsSigned(ledger, database)
      // A full subtree of the Merkle tree has 256 entries, so these 600 entries fill more than one subtree.
      try await ledger.record((0..<600).map { _ in Group.Draft(Self.intent, .found) })
      try await expectAllIsSigned(ledger, database)
    }
  }

  @Test func observationsAreNotSigned() async throws {
    try await withLedger { ledger in
      try await ledger.record(Self.intent, .found)
      let before = try await ledger.history.checkpoint()?.note

      try await ledger.remember([.reference(Sample.signup, Sample.fraudCheck)])
      try await ledger.rememberSweep(UnreadParts())

      let after = try await ledger.history.checkpoint()?.note
      #expect(after == before)
    }
  }

  @Test func bothKeysSignWhileTheKeyIsRotated() async throws {
    try await withLedgerDatabase { ledger, database in
      let old = try #require(ledger.signers.keys.first)
      let name = try await ledger.history.origin().keyName()
      let new = try SigningKey(name: name, seed: Array(repeating: 8, count: SigningKey.seedByteCount))

      ledger.signers.add(new)
      try await ledger.record(Self.intent, .found)

      let note = try #require(try await ledger.history.checkpoint()).note
      let signatures = try SignedNote(parsing: Array(note.utf8)).signatures
      #expect(signatures.count == 2)
      ledger.signers.dropFormer()
      try await ledger.record(Self.intent, .found)
      try await expectAllIsSigned(ledger, database)
      let key = try await ledger.history.checkpoint()?.key
      #expect(key == new.verifierKey.text)
      #expect(key != old.verifierKey.text)
    }
  }

  @Test func withoutAKeyNoChangeIsRecorded() async throws {
    try await withDatabase { database in
      try await withLedger(in: database) { ledger, thread in
        ledger.signers.withdraw(try await Sample.signingKey(of: ledger))

        try await running(thread) {
          await #expect(throws: LedgerError.self) { try await ledger.record(Self.intent, .found) }
          let newest = try await ledger.history.newestID()
          #expect(newest == nil)
        }
      }
    }
  }

  private static let manipulations = [
    "UPDATE head SET next_sequence = next_sequence + 1", "UPDATE head SET next_change = next_change + 1",
    "UPDATE head SET next_event = next_event + 1", "UPDATE head SET newest_time = newest_time + 1",
    "DELETE FROM head",
  ]

  /// Edits after which the head row of the log does not cover an acknowledged entry.
  ///
  /// In PostgreSQL, a failover can cause the same state. So with PostgreSQL, the ledger does not report that another
  /// program wrote to it, but that acknowledged entries are missing or different.
  private static let headsWithoutAcknowledgedEntries = [
    "UPDATE head SET next_sequence = next_sequence - 1", "UPDATE head SET checkpoint = 'x' || checkpoint",
  ]

  /// SQL statements that insert an entry, a change or a service event, but do not update the head row of the log.
  private static let appendices = [
    "INSERT INTO entry (sequence, change, hash, salt) "
      + "SELECT max(sequence) + 1, 1, zeroblob(32), zeroblob(16) FROM entry",
    """
    INSERT INTO change (id, intent_sequence, activity_time, kind, before_absent, after_absent, actor, request_id)
    SELECT id + 1, 0, activity_time, 'update', 'none', 'none', actor, 'x' FROM change
    """,
    "INSERT INTO service_event (id, sequence, time, kind, count, details) VALUES (1, 0, 0, 'holdReleased', 1, '{}')",
  ]

  @Test(arguments: manipulations + appendices)
  func aHeadThatAnotherProgramWroteStopsTheRecording(statement: String) async throws {
    try await withLedgerDatabase { ledger, database in
      try await expectNoRecording(in: ledger, of: database, after: statement)
    }
  }

  @Test(arguments: headsWithoutAcknowledgedEntries)
  func aHeadWithoutAcknowledgedEntriesStopsTheRecordingInAFile(statement: String) async throws {
    try await withDatabaseFile { file in
      try await withLedger(in: file) { ledger, thread in
        try await running(thread) { try await expectNoRecording(in: ledger, of: file, after: statement) }
      }
    }
  }

  /// Expects that a ledger records nothing after another program has edited its tables.
  private func expectNoRecording(
    in ledger: Ledger,
    of database: any TestDatabase,
    after statement: String
  ) async throws {
    let pending = try await ledger.record(Self.intent, .intended)
    try database.edit(statement)
    let before = try database.query("SELECT * FROM change; SELECT * FROM entry; SELECT * FROM head")

    for _ in 1...2 {
      await expectForeignEntries { try await ledger.settle(pending) }
      await expectForeignEntries { try await ledger.record(Self.intent, .found) }
      await expectForeignEntries { try await ledger.record([ServiceEvent.Content(.historyRead)]) }
      await expectForeignEntries { try await ledger.remember([.reference(Sample.signup, .none)]) }
    }
    await ledger.probeUnlessHealthy()

    #expect(!ledger.isHealthy)
    #expect(try database.query("SELECT * FROM change; SELECT * FROM entry; SELECT * FROM head") == before)
  }

  /// If another program edits the head row, the ledger stops recording until the next start.
  ///
  /// The ledger checks the head row again only at the next start. So the ledger does not continue to record when the
  /// head row gets its old value again.
  @Test func afterAnEditOfTheHeadRowTheLedgerRecordsNothingUntilTheNextStart() async throws {
    try await withLedgerDatabase { ledger, database in
      try await ledger.record(Self.intent, .found)
      try database.edit("UPDATE head SET next_event = next_event + 1")
      await expectForeignEntries { try await ledger.record(Self.intent, .found) }

      try database.edit("UPDATE head SET next_event = next_event - 1")

      await expectForeignEntries { try await ledger.record(Self.intent, .found) }
    }
  }

  /// SQL that writes a wrong value to a part of the head row that the checkpoint does not cover.
  ///
  /// A start computes the right values from the newest rows.
  private static let unsigned: [(statement: String, part: LedgerReport.HeadPart)] = [
    ("UPDATE head SET next_change = 1", .nextChange(1, expected: 2)),
    ("UPDATE head SET next_change = next_change + 1", .nextChange(3, expected: 2)),
    ("UPDATE head SET next_event = next_event + 1", .nextEvent(3, expected: 2)),
    ("UPDATE head SET newest_time = newest_time + 1", .newestTime),
    ("UPDATE head SET newest_time = newest_time - 1", .newestTime),
    ("UPDATE head SET newest_time = 0", .newestTime),
    ("UPDATE head SET verifier_key = 'a' || verifier_key", .key),
    ("UPDATE head SET verifier_key = ''", .key),
  ]

  @Test(arguments: unsigned)
  func theStartAndTheVerificationFindAnUnsignedPartOfTheHead(
    statement: String,
    part: LedgerReport.HeadPart
  ) async throws {
    try await withDatabase { database in
      try await withLedger(in: database) { ledger, thread in
        try await running(thread) {
          try await ledger.record([ServiceEvent.Content(.historyRead)])
          try await ledger.record(Self.intent, .found)
        }
      }
      try database.edit(statement)

      try await withLedger(in: database) { ledger, _ in
        await expectForeignEntries { try await ledger.history.verifyHead() }
        let found = try await ledger.report().findings
        #expect(found == [.strangeHead(part)])
      }
    }
  }

  /// Each argument edits the log. The ledger must find each of these edits when a server starts.
  @Test(
    arguments: [
      "UPDATE head SET next_sequence = next_sequence + 1", "UPDATE head SET next_sequence = next_sequence - 1",
      "UPDATE head SET frontier = zeroblob(length(frontier))",
      "UPDATE head SET checkpoint = replace(checkpoint, '\n', '\nA')",
      "INSERT INTO entry (sequence, change, hash, salt) VALUES (1, 1, zeroblob(32), zeroblob(16)); "
        + "UPDATE head SET next_sequence = 2",
    ] + appendices
  )
  func aServiceDoesNotStartOnAHeadThatIsNotSigned(statement: String) async throws {
    try await withDatabase { database in
      try await withLedger(in: database) { ledger, thread in
        try await running(thread) { try await ledger.record(Self.intent, .found) }
      }
      try database.edit(statement)

      try await withLedger(in: database) { ledger, thread in
        await expectForeignEntries {
          try await running(thread) {
            await #expect(throws: LedgerError.self) { try await ledger.record(Self.intent, .found) }
          }
        }
      }
    }
  }

  @Test func aServiceContinuesAfterARestart() async throws {
    try await withDatabase { database in
      for start in 1...3 {
        try await withLedger(in: database) { ledger, thread in
          try await running(thread) {
            let change = try await ledger.record(Self.intent, .found)
            #expect(change.id.number == Int64(start))
            #expect(change.sequence == Int64(start - 1))
            try await expectAllIsSigned(ledger, database)
          }
        }
      }
    }
  }

  /// When the ledger finds an entry that another program inserted, the ledger stops recording and signing.
  ///
  /// So the newest checkpoint still has size 1, and covers only the entry that the ledger recorded.
  @Test func anEntryThatAnotherProgramAppendedIsNeverSigned() async throws {
    try await withLedgerDatabase { ledger, database in
      try await ledger.record(Self.intent, .found)
      try database.edit(Self.appendices[0])

      await expectForeignEntries { try await ledger.record(Self.intent, .found) }

      let size = try await ledger.history.checkpoint()?.size
      #expect(size == 1)
      #expect(try await ledger.report().findings == [.foreignEntry(sequence: 1)])
    }
  }

  @Test(arguments: [
    ("UPDATE head SET frontier = zeroblob(length(frontier))", [LedgerReport.Finding.strangeHead(.tree)]),
    ("UPDATE head SET frontier = zeroblob(64)", [.strangeHead(.tree)]),
    ("UPDATE head SET next_sequence = 3", [.headMismatch(size: 3, signed: 2), .strangeHead(.tree)]),
  ])
  func verificationFindsAHeadThatReflogDidNotWrite(statement: String, expected: [LedgerReport.Finding]) async throws {
    try await withLedgerDatabase { ledger, database in
      try await ledger.record(Self.intent, .found)
      try await ledger.record([ServiceEvent.Content(.historyRead)])
      #expect(try await ledger.report().findings == [])

      try database.edit(statement)

      #expect(try await ledger.report().findings == expected)
    }
  }

  /// When an older copy is accepted, the ledger must compute the Merkle tree from the entries in the copy.
  ///
  /// The test damages the tree in the copy's head row (column `frontier`). The ledger must not use that damaged tree.
  @Test func theEntriesOfAnAcceptedOlderCopyAreSigned() async throws {
    try await withDatabase { database in
      try await withLedger(in: database) { ledger, thread in
        try await running(thread) { for _ in 1...3 { try await ledger.record(Self.intent, .found) } }
      }
      try database.edit("UPDATE head SET frontier = zeroblob(length(frontier))")

      try await withLedger(in: database) { ledger, _ in
        try await ledger.acceptAsOlderCopy()

        try await expectAllIsSigned(ledger, database, isPublished: false)
        #expect(try await ledger.report().findings == [])
      }
    }
  }

  private func expectForeignEntries<Value>(
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Value
  ) async {
    let error = await #expect(throws: LedgerError.self, sourceLocation: sourceLocation) { _ = try await body() }
    guard case .foreignEntries = error else {
      Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
      return
    }
  }
}
