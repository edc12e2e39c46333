import Foundation
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogLedger

/// Tests that the index of reasons contains no reason that a purge or an erasure deleted.
struct ReasonIndexDeletionTests {
  private static let secret = "\u{2D00}\u{2D01}\u{2D02}\u{2D03}"

  /// Returns whether the bytes of the index contain a part of ``secret``.
  private func hasSecret(besides path: String) throws -> Bool {
    try ["", "-wal", "-journal"].contains { ending in
      let file = path + ".search" + ending
      guard FileManager.default.fileExists(atPath: file) else { return false }
      let bytes = try Data(contentsOf: URL(filePath: file))
      return Self.secret.unicodeScalars.dropFirst().contains { bytes.range(of: Data(String($0).utf8)) != nil }
    }
  }

  @Test func anErasureLeavesNoReasonInTheIndex() async throws {
    try await withIndexedLedger { ledger, path in
      try await record((0..<70).map { $0 % 7 == 3 ? "\(Self.secret) \($0)" : "other \($0)" }, in: ledger)
      while try await ledger.indexReasons() == .more {}
      #expect(try hasSecret(besides: path))
      _ = try await ledger.askErasure(of: .actor("oid-3"), by: Sample.operatorActor)
      let erasures = try await ledger.unfinishedDeletions()?.erasures ?? []
      var position = Ledger.ErasurePosition()

      _ = try await ledger.continueErasure(erasures[0], from: &position)

      #expect(try !hasSecret(besides: path))
      #expect(try await ledger.indexReasons() == .paused)
      while try await ledger.continueErasure(erasures[0], from: &position) == .more {}
      try await ledger.finish(purge: nil, erasures: erasures)
      #expect(try await ledger.indexReasons() == .upToDate)
      #expect(try !hasSecret(besides: path))
      try await compare(reasonFilters("other 1") + reasonFilters(Self.secret), ledger)
    }
  }

  @Test func aPurgeLeavesNoReasonInTheIndex() async throws {
    let clock = ManualClock(at: Timestamp(microseconds: 1_600_000_000_000_000))
    try await withIndexedLedger(clock: clock) { ledger, path in
      try await record((0..<70).map { "\(Self.secret) \($0)" }, in: ledger)
      clock.advance(by: .seconds(400 * 86_400))
      try await record((0..<70).map { "other \($0)" }, in: ledger)
      while try await ledger.indexReasons() == .more {}
      #expect(try hasSecret(besides: path))

      try await ledger.purgeHistoryOlderThanADay()

      #expect(try !hasSecret(besides: path))
      try await ledger.finish(purge: ledger.unfinishedDeletions()?.purge, erasures: [])
      #expect(try await ledger.indexReasons() == .upToDate)
      #expect(try !hasSecret(besides: path))
      #expect(try await ledger.history.changes().count == 70)
      try await compare(reasonFilters("other 1") + reasonFilters(Self.secret), ledger)
    }
  }

  /// The server ends after the request of an erasure, and after each step of the erasure.
  @Test(arguments: 0...3) func anErasureThatContinuesAfterARestartLeavesNoReason(steps: Int) async throws {
    try await withTemporaryFolder { folder in
      try await withIndexedLedger(in: folder) { ledger, path in
        try await record((0..<30).map { "\(Self.secret) \($0)" }, in: ledger)
        while try await ledger.indexReasons() == .more {}
        _ = try await ledger.askErasure(of: .actor("oid-3"), by: Sample.operatorActor)
        _ = try await ledger.askErasure(of: .actor("oid-5"), by: Sample.operatorActor)
        var position = Ledger.ErasurePosition()
        for _ in 0..<steps { _ = try await ledger.continueErasure(1, from: &position) }
        #expect(try hasSecret(besides: path) == (steps == 0))
      }
      try await withIndexedLedger(in: folder) { ledger, path in
        #expect(try await ledger.indexReasons() == .paused)
        #expect(try !hasSecret(besides: path))
        try await ledger.erase(.actor("oid-1"))
        while try await ledger.indexReasons() == .more {}
        try await compare(reasonFilters(Self.secret), ledger)
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
      try await record((0..<30).map { "\(Self.secret) \($0)" }, in: ledger)
      let index = try #require(ledger.reasonIndex)
      let reader = InterruptedReader(reader: ledger.questions.reader) { try await index.empty() }

      _ = try await index.add(from: reader)

      #expect(try !hasSecret(besides: path))
      while try await ledger.indexReasons() == .more {}
      try await compare(reasonFilters(Self.secret), ledger)
    }
  }
}
