import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests of the exact text of every finding that a verification reports.
struct FindingMessageTests {
  typealias Finding = LedgerReport.Finding

  static let changes: [(Finding, String)] = [
    (
      .altered(change: Change.ID(7), sequence: 12),
      "Change 7 is not what was recorded: its row does not match entry 12."
    ),
    (
      .unlogged(change: Change.ID(7)),
      "Change 7 has no matching entry in the log: it was added or moved, or its entry was deleted."
    ),
    (
      .damaged(change: Change.ID(7), problem: "kind of change 7 is not valid"),
      "Change 7 can't be read: kind of change 7 is not valid."
    ),
    (.missingChanges(7...7), "Change 7 is missing, and no recorded purge deleted it."),
    (.missingChanges(7...9), "Changes 7 to 9 are missing, and no recorded purge deleted them."),
    (
      .erasedUnrecorded(change: Change.ID(7)),
      "The personal data of change 7 is missing, and no recorded erasure deleted it."
    ),
  ]

  static let events: [(Finding, String)] = [
    (
      .alteredEvent(3, sequence: 12),
      "Service event 3 is not what was recorded: its row does not match entry 12."
    ),
    (.unloggedEvent(3), "Service event 3 is not in the log: it was added or moved."),
    (
      .damagedEvent(3, problem: "kind of service event 3 is not valid"),
      "Service event 3 can't be read: kind of service event 3 is not valid."
    ),
    (.missingEvents(3...3), "Service event 3 is missing, and no recorded purge deleted it."),
    (.missingEvents(3...5), "Service events 3 to 5 are missing, and no recorded purge deleted them."),
    (
      .erasedUnrecordedEvent(3),
      "The personal data of service event 3 is missing, and no recorded erasure deleted it."
    ),
  ]

  static let entries: [(Finding, String)] = [
    (
      .missing(sequence: 12),
      "The change or service event of entry 12 is missing, and no recorded purge deleted it."
    ),
    (
      .strangeEntry(sequence: 12),
      """
      Entry 12 is not valid: it must refer to exactly one change or service event, or to none if it was purged.
      """
    ),
    (.foreignEntry(sequence: 12), "Entry 12 is after the signed end of the log: Reflog did not append it."),
    (
      .unreadableEntries(12..<20, problem: "disk I/O error"),
      "Some of the entries 12 to 19 can't be read: disk I/O error."
    ),
    (
      .headMismatch(size: 8, signed: 9),
      "The head of the log counts 8 entries, but its signed checkpoint covers 9 entries."
    ),
    (.strangeHead(.tree), "The tree in the head of the log does not match the entries."),
    (
      .strangeHead(.nextChange(5, expected: 9)),
      "In the head of the log, the next change has the number 5, but it must have the number 9."
    ),
    (
      .strangeHead(.nextEvent(5, expected: 9)),
      "In the head of the log, the next service event has the number 5, but it must have the number 9."
    ),
    (.strangeHead(.newestTime), "The time in the head of the log is not the time of the newest entry."),
    (.strangeHead(.key), "The key in the head of the log did not sign the checkpoint in the head."),
    (
      .strangeFormerPart(event: 3),
      """
      The entries that a lost key signed do not match the root that service event 3 recorded for them.
      """
    ),
    (
      .strangeSubtree(level: 1, position: 3),
      "The stored hash 3 of level 1 of the tree does not match the entries."
    ),
    (
      .doubled(table: "address", row: 4),
      "Row 4 of the table address has the same identity as another row, so a query finds only one of them."
    ),
    (
      .damagedTable("actor", problem: "database disk image is malformed"),
      "The table actor is damaged, so a query can miss rows: database disk image is malformed."
    ),
    (
      .alteredSchema(name: "index change_actor"),
      "The schema is not Reflog's, so a query can miss rows: the index change_actor is missing, altered or added."
    ),
  ]

  @Test(arguments: changes + events + entries)
  func everyFindingHasItsText(finding: Finding, message: String) {
    #expect(finding.description == message)
  }

  @Test func noFindingAdvisesTheReaderToRunAVerification() {
    #expect(LedgerError.corrupt("kind of change 7 is not valid").problem == "kind of change 7 is not valid.")
    #expect(LedgerError.unavailable("disk I/O error").problem == "The ledger can't be used: disk I/O error.")
  }

  @Test func aDamagedRowIsFoundWithItsColumn() async throws {
    try await withLedgerFile { ledger, storage in
      for _ in 1...3 { try await ledger.record(Sample.intent(before: .none, after: .none), .found) }
      try editByHand(storage.path, "UPDATE change SET kind = 'nonsense' WHERE id = 2")

      let report = try await ledger.report()

      #expect(report.findings.map(\.description) == ["Change 2 can't be read: kind of change 2 is not valid."])
      let error = await #expect(throws: LedgerError.self) { try await ledger.history.change(Change.ID(2)) }
      #expect(error?.description == "The ledger is damaged: kind of change 2 is not valid. Run reflog verify.")
    }
  }
}
