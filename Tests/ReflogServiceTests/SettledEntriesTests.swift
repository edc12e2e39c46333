import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting
import Testing

/// Tests of the reads with which webhooks follow the log.
struct SettledEntriesTests {
  private static func all(_ history: HistoryService, through newest: Int64) async throws -> [SettledEntry] {
    var (entries, position): ([SettledEntry], Int64) = ([], -1)
    while position < newest {
      let (found, end) = try await history.settledEntries(after: position, through: newest)
      entries += found
      position = end
    }
    return entries
  }

  @Test func resultsAndServiceEventsAreReadInTheOrderOfTheLog() async throws {
    try await withLedger { ledger in
      let pending = try await ledger.record(Sample.intent(before: .none, after: Sample.fraudCheck), .intended)
      try await ledger.record([ServiceEvent.Content(.backup)])
      try await ledger.settle(pending)
      try await ledger.record(
        Sample.intent(before: Sample.fraudCheck, after: Sample.newVendor, kind: .drift),
        .found
      )
      let history = HistoryService(history: ledger.history)

      let (entries, end) = try await history.settledEntries(after: -1, through: 3)

      #expect(entries.map(\.sequence) == [1, 2, 3])
      #expect(end == 3)
      guard case .event(let event) = entries[0], case .change(let change) = entries[1] else {
        Issue.record("\(entries)")
        return
      }
      #expect(event.content.kind == .backup)
      #expect(change.result == .applied)
      #expect(try await history.settledEntries(after: 1, through: 2).entries.map(\.sequence) == [2])
      #expect(try await history.settledEntries(after: -1, through: 0).entries.isEmpty)
      #expect(try await history.newestSequence() == 3)
      #expect(ledger.newestSequence == 3)
    }
  }

  @Test func aPendingChangeIsLeftOutUntilItIsSettled() async throws {
    try await withLedger { ledger in
      let pending = try await ledger.record(Sample.intent(before: .none, after: Sample.fraudCheck), .intended)
      let history = HistoryService(history: ledger.history)
      #expect(try await history.settledEntries(after: -1, through: 0).entries.isEmpty)

      try await ledger.settle(pending)

      #expect(try await history.settledEntries(after: 0, through: 1).entries.map(\.sequence) == [1])
    }
  }

  /// Each argument is an edit of the second of three changes. All other changes are still read.
  @Test(arguments: [
    (
      "UPDATE change SET kind = 'drift' WHERE id = 2",
      "Change 2 is not what was recorded: the ledger's file was altered. Run reflog verify."
    ),
    (
      "UPDATE change SET result = 'perhaps' WHERE id = 2",
      "The ledger is damaged: result of change 2 is not valid. Run reflog verify."
    ),
    (
      "DELETE FROM change WHERE id = 2",
      "The ledger is damaged: the change or the service event of entry 2 is missing. Run reflog verify."
    ),
    ("DELETE FROM entry WHERE sequence = 2", "The ledger is damaged: entry 2 is missing. Run reflog verify."),
  ])
  func anAlteredRowIsReportedAtItsEntry(edit: String, problem: String) async throws {
    try await withLedgerDatabase { ledger, database in
      for _ in 1...3 { try await ledger.apply(Sample.intent(before: .none, after: Sample.fraudCheck)) }
      try database.edit(edit)

      let entries = try await Self.all(HistoryService(history: ledger.history), through: 5)

      let altered = entries.compactMap { entry in
        if case .altered(_, let problem) = entry { problem } else { nil }
      }
      #expect(entries.map(\.sequence).filter { $0 != 2 } == [1, 3, 5])
      #expect(altered.first == problem)
    }
  }

  @Test func aReadBeyondTheEndOfTheLogFails() async throws {
    try await withLedger { ledger in
      try await ledger.apply(Sample.intent(before: .none, after: Sample.fraudCheck))
      let history = HistoryService(history: ledger.history)

      let error = await #expect(throws: ServiceError.self) {
        try await history.settledEntries(after: -1, through: 2).end
      }

      #expect(error.map { "\($0)" } == "The ledger can't be used: the log does not have entry 2 yet.")
    }
  }

  @Test func anEntryThatWasPurgedIsLeftOut() async throws {
    try await withLedgerDatabase { ledger, database in
      for _ in 1...2 { try await ledger.apply(Sample.intent(before: .none, after: Sample.fraudCheck)) }
      try database.edit(
        "DELETE FROM change WHERE id = 1; UPDATE entry SET change = 0, salt = NULL WHERE change = 1"
      )

      let entries = try await Self.all(HistoryService(history: ledger.history), through: 3)

      #expect(entries.map(\.sequence) == [3])
    }
  }

  @Test func anEntryIsIdentifiedByItsHash() async throws {
    try await withLedger { ledger in
      for _ in 1...2 { try await ledger.record(Sample.intent(before: .none, after: Sample.fraudCheck), .found) }
      let history = HistoryService(history: ledger.history)

      let hashes = [try await history.entryHash(at: 0), try await history.entryHash(at: 1)]

      #expect(hashes[0] != nil && hashes[1] != nil && hashes[0] != hashes[1])
      #expect(try await history.entryHash(at: 2) == nil)
    }
  }

  @Test func theFirstEntryAfterAnOlderCopyIsFound() async throws {
    try await withDatabase { database in
      try await withLedger(in: database) { ledger, thread in
        try await running(thread) {
          try await ledger.record(Sample.intent(before: .none, after: Sample.fraudCheck), .found)
        }
      }
      try await withLedger(in: database) { ledger, _ in
        let (former, new) = try await ledger.acceptAsOlderCopy()
        let history = HistoryService(history: ledger.history)

        #expect(try await history.firstEntry(afterReplacementOf: former.text) == 1)
        #expect(try await history.firstEntry(afterReplacementOf: new.text) == nil)
      }
    }
  }
}
