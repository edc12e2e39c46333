import Foundation
import ReflogLedger
import ReflogModel
import ReflogStorage
import ReflogTesting
import Testing

/// Tests of the compaction of a ledger's file.
struct CompactionTests {
  private static let adele = Change.Actor(type: .user, id: "adele", name: "Adele Vance", proof: .entra)

  /// Opens the ledger in a folder, calls `body` while the writer thread runs, and closes the file.
  private func serve(in folder: String, _ body: (Ledger) async throws -> Void) async throws {
    let thread = WriterThread()
    let (ledger, storage) = try await openLedger(in: folder, thread: thread)
    try await running(thread, storage) { try await body(ledger) }
  }

  @Test func compactionKeepsHistoryAndItsSignature() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/reflog.sqlite"
      try await serve(in: folder) { ledger in
        try await ledger.record((0..<300).map { _ in .init(Sample.intent(before: .none, after: .none), .found) })
      }
      let everything = "SELECT * FROM change; SELECT * FROM entry; SELECT * FROM head; SELECT * FROM ledger"
      let before = try sqlite3(path, everything)

      let (sizeBefore, sizeAfter) = try StorageCompaction(path: path, kind: .ledger).run()

      #expect(sizeBefore > 0 && sizeAfter > 0)
      #expect(try sqlite3(path, everything) == before)
      try await serve(in: folder) { ledger in
        let next = try await ledger.record(Sample.intent(before: .none, after: .none), .found)
        #expect(next.id == Change.ID(301))
        try await expectClean(ledger)
      }
    }
  }

  @Test func compactionRemovesAllRemainsOfErasedData() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/reflog.sqlite"
      try await serve(in: folder) { ledger in
        // With 200 changes, SQLite moves rows from one page of the file to another page. So copies of erased data can
        // remain in the old pages.
        for number in 0..<200 {
          let actor = number.isMultiple(of: 7) ? Self.adele : Sample.operatorActor
          try await ledger.record(Sample.intent(before: .none, after: .none, by: actor), .found)
        }
        #expect(try await ledger.erase(.actor("adele")) == 1)
      }

      _ = try StorageCompaction(path: path, kind: .ledger).run()

      let content = try #require(FileManager.default.contents(atPath: path))
      #expect(content.firstRange(of: Data("Adele Vance".utf8)) == nil)
      try await serve(in: folder) { ledger in try await expectClean(ledger) }
    }
  }

  @Test func aLedgerIsNotCompactedWhileAServerUsesIt() async throws {
    try await withLedgerFile { ledger, storage in
      try await ledger.record(Sample.intent(before: .none, after: .none), .found)

      let error = #expect(throws: StorageError.self) { try StorageCompaction(path: storage.path, kind: .ledger).run() }

      guard case .inUse = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      try await ledger.record(Sample.intent(before: .none, after: .none), .found)
    }
  }

  @Test func aCompactionRemovesTheFilesOfACrashedCompaction() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/reflog.sqlite"
      try await serve(in: folder) { try await $0.record(Sample.intent(before: .none, after: .none), .found) }
      try Data("half of a file".utf8).write(to: URL(filePath: path + ".compact"))

      _ = try StorageCompaction(path: path, kind: .ledger).run()

      #expect(!FileManager.default.fileExists(atPath: path + ".compact"))
      #expect(try sqlite3(path, "SELECT count(*) FROM change") == "1")
    }
  }
}
