import Foundation
import Logging
import Metrics
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogStorage
import ReflogTesting
import Testing

@testable import ReflogWebhooks

/// Tests of the start of webhooks and of the file with their cursors.
struct WebhooksTests {
  private static func open(_ ledger: Ledger, at path: String) async throws -> Webhooks {
    try await Webhooks.open(
      [try WebhookSample.receiver()],
      history: HistoryService(history: ledger.history),
      cursorsAt: path,
      publicURL: nil,
      newest: { ledger.newestSequence },
      clock: ManualClock().read,
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
      metrics: NOOPMetricsHandler.instance
    )
  }

  private static func record(in ledger: Ledger) async throws {
    try await ledger.apply(Sample.intent(before: .none, after: Sample.fraudCheck))
  }

  @Test func aNewReceiverBeginsWithTheNextEntry() async throws {
    try await withLedgerFile { ledger, storage in
      try await Self.record(in: ledger)
      let path = storage.path + ".webhooks"

      let status = try await Self.open(ledger, at: path).statuses[0]

      #expect(status.state == .working)
      #expect(status.waitingEntries == 0)
      let cursor = try WebhookCursors(path: path).cursors["siem"]
      #expect(cursor?.sequence == 1)
      let hash = try await ledger.history.entryHash(at: 1)
      #expect(hash != nil && cursor?.hash == hash)
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func aReceiverOfAnEmptyLogGetsTheFirstEntry() async throws {
    try await withLedgerFile { ledger, storage in
      _ = try await Self.open(ledger, at: storage.path + ".webhooks")
      try await Self.record(in: ledger)

      let status = try await Self.open(ledger, at: storage.path + ".webhooks").statuses[0]

      #expect(status.waitingEntries == 2)
    }
  }

  @Test func aKnownReceiverContinuesAfterItsCursor() async throws {
    try await withLedgerFile { ledger, storage in
      try await Self.record(in: ledger)
      _ = try await Self.open(ledger, at: storage.path + ".webhooks")
      try await Self.record(in: ledger)

      let status = try await Self.open(ledger, at: storage.path + ".webhooks").statuses[0]

      #expect(status.state == .working)
      #expect(status.waitingEntries == 2)
    }
  }

  /// A cursor needs the hash of its entry. Without the hash, the next start would refuse the cursor.
  @Test func aCursorWhoseEntryIsMissingIsNotWritten() async throws {
    try await withLedgerFile { ledger, storage in
      let path = storage.path + ".webhooks"
      try await Self.record(in: ledger)
      try editByHand(storage.path, "DELETE FROM entry WHERE sequence = 1")

      _ = try await Self.open(ledger, at: path)

      #expect(try WebhookCursors(path: path).cursors.isEmpty)
    }
  }

  /// Each argument is a cursor that is not a position in this ledger.
  @Test(arguments: [
    WebhookCursors.Cursor(sequence: -1, hash: nil, origin: "other", lastSuccess: nil),
    WebhookCursors.Cursor(sequence: 1, hash: Hash(of: []), origin: "other", lastSuccess: nil),
    WebhookCursors.Cursor(sequence: 400, hash: Hash(of: []), origin: "other", lastSuccess: ManualClock.start),
  ])
  func aForeignCursorStopsTheReceiverAndIsKept(cursor: WebhookCursors.Cursor) async throws {
    try await withLedgerFile { ledger, storage in
      try await Self.record(in: ledger)
      let path = storage.path + ".webhooks"
      var cursors = try WebhookCursors(path: path)
      cursors.cursors = ["siem": cursor, "removed": cursor]
      try cursors.write(to: path)

      let status = try await Self.open(ledger, at: path).statuses[0]

      #expect(status.state == .stopped)
      #expect(
        status.lastError
          == """
          its cursor belongs to another ledger or to a newer copy of this one. Stop the server, remove the \
          receiver's member from the file of cursors, and start the server. The receiver then begins with the next entry
          """
      )
      #expect(try WebhookCursors(path: path).cursors == ["siem": cursor, "removed": cursor])
    }
  }

  @Test func aReceiverThatWasAheadOfAnOlderCopyContinuesAfterTheCopy() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/cursors"
      var origin = ""
      let thread = WriterThread()
      let (ledger, storage) = try await openLedger(in: folder, thread: thread)
      try await running(thread, storage) {
        try await Self.record(in: ledger)
        origin = try await ledger.history.origin().text
      }
      var cursors = try WebhookCursors(path: path)
      cursors.cursors["siem"] = .init(sequence: 7, hash: Hash(of: []), origin: origin, lastSuccess: nil)
      try cursors.write(to: path)
      let (copy, file) = try await openLedger(in: folder, thread: WriterThread())
      let anchored = Checkpoint(origin: try await copy.history.origin(), size: 9, root: MerkleTree.emptyRoot)
      let name = try Ledger.origin(after: anchored)
      let key = try SigningKey(name: name.keyName(), seed: Array(repeating: 9, count: SigningKey.seedByteCount))
      try copy.acceptOlder(than: anchored, as: name, signedBy: key)

      _ = try await Self.open(copy, at: path)

      let cursor = try WebhookCursors(path: path).cursors["siem"]
      #expect(cursor?.sequence == 1)
      #expect(cursor?.origin == name.text)
      try file.close()
    }
  }

  @Test(arguments: [
    ("x", "it is not a JSON object"), ("[]", "it is not a JSON object"),
    (#"{"siem": {}}"#, "the cursor of siem is not valid"),
    (#"{"siem": {"sequence": 4, "hash": null, "origin": "x"}}"#, "the cursor of siem is not valid"),
    (#"{"siem": {"sequence": -2, "hash": null, "origin": "x"}}"#, "the cursor of siem is not valid"),
  ])
  func aDamagedFileOfCursorsIsRefused(text: String, problem: String) async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/cursors"
      try text.write(toFile: path, atomically: true, encoding: .utf8)

      let error = #expect(throws: WebhookError.self) { try WebhookCursors(path: path) }

      #expect(
        error?.description == """
          The file of webhooks' cursors \(path) can't be used: \(problem). Restore it. If you remove it, each receiver \
          begins with the next entry.
          """
      )
    }
  }

  @Test func aFileOfCursorsThatCanNotBeReadOrWrittenIsReported() async throws {
    try await withTemporaryFolder { folder in
      let read = #expect(throws: WebhookError.self) { try WebhookCursors(path: folder) }
      let written = #expect(throws: WebhookError.self) {
        try WebhookCursors(path: folder + "/cursors").write(to: folder + "/none/cursors")
      }

      #expect(
        read?.description == """
          The file of webhooks' cursors \(folder) can't be used: it is a folder or a device. Restore it. If you remove it, \
          each receiver begins with the next entry.
          """
      )
      #expect(
        written?.description == """
          The cursors of the webhooks can't be saved in \(folder)/none/cursors: it can't be written: No such file or \
          directory.
          """
      )
    }
  }

  @Test func cursorsAreReadAsTheyWereWritten() async throws {
    try await withTemporaryFolder { folder in
      var cursors = try WebhookCursors(path: folder + "/cursors")
      cursors.cursors = [
        "new": .init(sequence: -1, hash: nil, origin: "log", lastSuccess: nil),
        "siem": .init(sequence: 4, hash: Hash(of: [1]), origin: "log", lastSuccess: ManualClock.start),
      ]

      try cursors.write(to: folder + "/cursors")

      #expect(try WebhookCursors(path: folder + "/cursors").cursors == cursors.cursors)
      #expect(try WebhookCursors(path: folder + "/none").cursors.isEmpty)
    }
  }
}
