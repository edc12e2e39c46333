import Foundation
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that the index of reasons contains no reason that a purge or an erasure deleted, and keeps the other reasons.
struct ReasonIndexDeletionTests {
  private static let secret = "\u{2D00}\u{2D01}\u{2D02}\u{2D03}"

  /// Returns whether a file of the index contains a letter of a text after its first letter; the default text is
  /// ``secret``.
  private func hasSecret(_ secret: String = Self.secret, besides path: String) throws -> Bool {
    try ["", "-wal", "-journal"].contains { ending in
      let file = path + ".search" + ending
      guard FileManager.default.fileExists(atPath: file) else { return false }
      let bytes = try Data(contentsOf: URL(filePath: file))
      return secret.unicodeScalars.dropFirst().contains { bytes.range(of: Data(String($0).utf8)) != nil }
    }
  }

  /// Returns the numbers of the segments in the index.
  private func segments(_ ledger: Ledger) throws -> [Int64] {
    try #require(ledger.reasonIndex as? ReasonIndex).storage.readOnThisThread { db in
      try db.integers("SELECT number FROM segment ORDER BY number")
    }
  }

  @Test func anErasureRemovesOnlyTheSegmentsWithTheReasonsOfThePerson() async throws {
    try await withIndexedLedger { ledger, path in
      try await record((0..<140).map { "other \($0)" }, in: ledger)
      try await record((0..<100).map { "\(Self.secret) \($0)" }, in: ledger, from: 140, by: "oid-secret")
      try await record((0..<90).map { "other \($0)" }, in: ledger, from: 240)
      try await buildIndex(of: ledger)
      #expect(try hasSecret(besides: path))
      #expect(try segments(ledger) == [0, 1, 2, 3, 4, 5])
      _ = try await ledger.askErasure(of: .actor("oid-secret"), by: Sample.operatorActor)
      let erasures = try await ledger.unfinishedDeletions()?.erasures ?? []
      var position = Ledger.ErasurePosition()

      // The first step claims the data, and the second step erases the data.
      _ = try await ledger.continueErasure(erasures[0], from: &position)
      #expect(try hasSecret(besides: path))
      #expect(try await ledger.indexReasons() == .paused)
      _ = try await ledger.continueErasure(erasures[0], from: &position)

      #expect(try !hasSecret(besides: path))
      #expect(try segments(ledger) == [0, 1, 4, 5])
      #expect(try await ledger.indexReasons() == .paused)
      try await compare(reasonFilters("other 1") + reasonFilters(Self.secret), ledger)
      while try await ledger.continueErasure(erasures[0], from: &position) == .more {}
      try await ledger.finish(purge: nil, erasures: erasures)
      try await buildIndex(of: ledger)
      #expect(try segments(ledger) == [0, 1, 2, 3, 4, 5])
      #expect(try !hasSecret(besides: path))
      try await compare(reasonFilters("other 1") + reasonFilters(Self.secret), ledger)
    }
  }

  /// The segments have many pages, and SQLite has merged and freed pages of each of them.
  @Test func anErasureLeavesNoReasonInALargeIndex() async throws {
    var random = SeededGenerator(seed: 7)
    func texts(_ count: Int, _ first: String) -> [String] {
      (0..<count).map { _ in
        first + String((0..<60).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement(using: &random) ?? "a" })
      }
    }
    try await withIndexedLedger(segmentSize: 500) { ledger, path in
      for part in 0..<8 {
        try await record(texts(300, ""), in: ledger, from: part * 325)
        let isFirst = part == 2 || part == 3
        try await record(
          texts(25, isFirst ? Self.secret : "\u{2D10}\u{2D11}\u{2D12}"),
          in: ledger,
          from: part * 325 + 300,
          by: isFirst ? "oid-secret" : "oid-other"
        )
        // The index is built after each part of the changes. So the pages of different segments alternate in the file.
        try await buildIndex(of: ledger)
      }
      #expect(try hasSecret(besides: path))
      #expect(try segments(ledger) == [0, 1, 2, 3, 4, 5])

      try await ledger.erase(.actor("oid-secret"))

      #expect(try !hasSecret(besides: path))
      #expect(try hasSecret("\u{2D10}\u{2D11}\u{2D12}", besides: path))
      #expect(try segments(ledger) == [0, 3, 4, 5])
      try await buildIndex(of: ledger)
      #expect(try !hasSecret(besides: path))
      try await ledger.erase(.actor("oid-other"))
      #expect(try !hasSecret("\u{2D10}\u{2D11}\u{2D12}", besides: path))
      try await buildIndex(of: ledger)
      try await compare(reasonFilters("abc"), ledger, [5000])
    }
  }

  @Test func aPurgeRemovesOnlyTheSegmentsWithPurgedReasons() async throws {
    let clock = ManualClock(at: Timestamp(microseconds: 1_600_000_000_000_000))
    try await withIndexedLedger(clock: clock) { ledger, path in
      try await record((0..<70).map { "\(Self.secret) \($0)" }, in: ledger)
      clock.advance(by: .seconds(400 * 86_400))
      try await record((0..<130).map { "other \($0)" }, in: ledger)
      try await buildIndex(of: ledger)
      #expect(try hasSecret(besides: path))

      try await ledger.purgeHistoryOlderThanADay()

      #expect(try !hasSecret(besides: path))
      #expect(try segments(ledger) == [2, 3])
      try await compare(reasonFilters("other 1") + reasonFilters(Self.secret), ledger)
      try await ledger.finish(purge: ledger.unfinishedDeletions()?.purge, erasures: [])
      try await buildIndex(of: ledger)
      #expect(try segments(ledger) == [0, 1, 2, 3])
      #expect(try !hasSecret(besides: path))
      #expect(try await ledger.history.changes().count == 130)
      try await compare(reasonFilters("other 1") + reasonFilters(Self.secret), ledger)
    }
  }

  /// Because of a legal hold, the claim of a purge is withdrawn before the index has removed the claimed reasons.
  @Test func aWithdrawnClaimDoesNotStopTheIndex() async throws {
    let clock = ManualClock(at: Timestamp(microseconds: 1_600_000_000_000_000))
    try await withIndexedLedger(clock: clock) { ledger, _ in
      try await record((0..<70).map { "first \($0)" }, in: ledger)
      clock.advance(by: .seconds(400 * 86_400))
      try await record((0..<70).map { "second \($0)" }, in: ledger)
      try await buildIndex(of: ledger)
      try await ledger.set(RetentionPolicy(days: 1), overriding: true, by: Sample.operatorActor)
      _ = try await ledger.askPurge(before: ledger.now.before(.seconds(86_400)), by: Sample.operatorActor)
      #expect(try await ledger.continuePurge() == .more)
      _ = try await ledger.place("case", on: .everything, because: "a reason", by: Sample.operatorActor)
      #expect(try await ledger.continuePurge() == .done)
      try await ledger.finish(purge: ledger.unfinishedDeletions()?.purge, erasures: [])

      #expect(try await ledger.indexReasons() == .more)
      #expect(try segments(ledger) == [2])
      try await buildIndex(of: ledger)

      #expect(try segments(ledger) == [0, 1, 2])
      try await compare(reasonFilters("first 1"), ledger)
    }
  }

  /// The server ends after the request of an erasure, and after each step of the erasure.
  @Test(arguments: 0...4) func anErasureThatContinuesAfterARestartLeavesNoReason(steps: Int) async throws {
    try await withTemporaryFolder { folder in
      try await withIndexedLedger(in: folder) { ledger, path in
        try await record((0..<30).map { "\(Self.secret) \($0)" }, in: ledger)
        try await buildIndex(of: ledger)
        _ = try await ledger.askErasure(of: .actor("oid-3"), by: Sample.operatorActor)
        _ = try await ledger.askErasure(of: .actor("oid-5"), by: Sample.operatorActor)
        var position = Ledger.ErasurePosition()
        for _ in 0..<steps { _ = try await ledger.continueErasure(1, from: &position) }
        #expect(try hasSecret(besides: path) == (steps < 2))
      }
      try await withIndexedLedger(in: folder) { ledger, path in
        #expect(try await ledger.indexReasons() == .paused)
        try await ledger.erase(.actor("oid-1"))
        #expect(try !hasSecret(besides: path))
        try await buildIndex(of: ledger)
        try await compare(reasonFilters(Self.secret), ledger)
      }
    }
  }

  /// The server ends after a segment was dropped, and before the write-ahead log was emptied.
  @Test func anInterruptedRemovalIsCompletedAfterARestart() async throws {
    try await withTemporaryFolder { folder in
      try await withIndexedLedger(in: folder) { ledger, path in
        try await record((0..<30).map { "\(Self.secret) \($0)" }, in: ledger, by: "oid-secret")
        try await record((0..<100).map { "other \($0)" }, in: ledger, from: 30)
        try await buildIndex(of: ledger)
        _ = try await ledger.askErasure(of: .actor("oid-secret"), by: Sample.operatorActor)
        var position = Ledger.ErasurePosition()
        _ = try await ledger.continueErasure(1, from: &position)
        try await #require(ledger.reasonIndex as? ReasonIndex).storage.write { db in
          try db.executeAll("DROP TABLE reason0; DELETE FROM segment WHERE number = 0")
        }
        #expect(try hasSecret(besides: path))
        // These copies of the files have the same state as the files after a crash.
        for ending in ["", "-wal"] {
          try FileManager.default.copyItem(atPath: path + ".search" + ending, toPath: path + ".copy" + ending)
        }
      }
      let path = folder + "/reflog.sqlite"
      for ending in ["", "-wal"] {
        try? FileManager.default.removeItem(atPath: path + ".search" + ending)
        try FileManager.default.moveItem(atPath: path + ".copy" + ending, toPath: path + ".search" + ending)
      }
      #expect(try hasSecret(besides: path))
      try await withIndexedLedger(in: folder) { ledger, path in
        var position = Ledger.ErasurePosition()

        _ = try await ledger.continueErasure(1, from: &position)

        #expect(try !hasSecret(besides: path))
        #expect(try segments(ledger) == [1, 2])
      }
    }
  }

  /// A reader that calls a closure after each read.
  private struct InterruptedReader: LedgerReader {
    let reader: any LedgerReader
    let afterRead: @Sendable () async throws -> Void

    var readCount: Int { reader.readCount }
    func alteredSchemaItems() async throws -> [String] { try await reader.alteredSchemaItems() }
    func damagedTables() async throws -> [(table: String, problem: String)] { try await reader.damagedTables() }

    func read<Value: Sendable>(
      _ body: @escaping @Sendable (any LedgerConnection) throws -> Value
    ) async throws -> Value {
      let value = try await reader.read(body)
      try await afterRead()
      return value
    }
  }

  @Test func reasonsThatWereReadEarlierThanADeletionAreNotAdded() async throws {
    try await withIndexedLedger { ledger, path in
      try await record((0..<30).map { "\(Self.secret) \($0)" }, in: ledger, by: "oid-secret")
      let index = try #require(ledger.reasonIndex as? ReasonIndex)
      let reader = InterruptedReader(reader: ledger.questions.reader) {
        if try await ledger.history.erasures().isEmpty { try await ledger.erase(.actor("oid-secret")) }
      }

      _ = try await index.add(from: reader)

      #expect(try !hasSecret(besides: path))
      try await buildIndex(of: ledger)
      #expect(try !hasSecret(besides: path))
      try await compare(reasonFilters(Self.secret), ledger)
    }
  }
}
