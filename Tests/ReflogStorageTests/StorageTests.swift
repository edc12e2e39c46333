import Foundation
import GRDB
import ReflogTesting
import Testing

@testable import ReflogStorage

struct StorageTests {
  @Test func aReaderThatBeginsDuringACompactionEndsTheCompactionWithAnError() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      try Storage(path: path, kind: .ledger).close()
      let compaction = StorageCompaction(path: path, kind: .ledger)
      var configuration = Configuration()
      configuration.allowsUnsafeTransactions = true
      let reader = try DatabaseQueue(path: path, configuration: configuration)

      let error = #expect(throws: StorageError.self) {
        try compaction.run {
          try reader.unsafeRead { try $0.execute(sql: "BEGIN; SELECT count(*) FROM change") }
        }
      }

      #expect(
        error?.description == "Another process or a long read uses the file. Wait until it ends, then try again."
      )
      #expect(!FileChecks.exists(path + ".compact"))
      try reader.close()
      #expect(try compaction.run().after > 0)
      try Storage(path: path, kind: .ledger).close()
    }
  }

  /// After an I/O error, a start or a stop can end without closing the file. SQLite then closes the connections.
  @Test func aFileThatWasNotClosedOpensAgainWithAllItsCommits() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      do {
        let storage = try Storage(path: path, kind: .directory)
        try storage.setUp { try $0.execute("INSERT INTO tenant (id, tenant_id) VALUES (1, 'contoso')") }
      }
      #expect(FileChecks.exists(path + "-wal"), "The file contains a mark of its log, so SQLite must keep the log.")

      let storage = try Storage(path: path, kind: .directory)
      let tenant = try storage.setUp { try $0.text("SELECT tenant_id FROM tenant") }
      try storage.close()

      #expect(tenant == "contoso")
      #expect(!FileChecks.exists(path + "-wal"))
    }
  }

  @Test func theWriterOfAnOpenFileFlushesEveryCommit() async throws {
    try await withWriter { writer, _ in
      let synchronous = try await writer.write { session in try session.connection.integer("PRAGMA synchronous") }

      #expect(synchronous == 2, "2 is FULL")
    }
  }

  @Test(arguments: [
    ("foreign_keys", 1), ("wal_autocheckpoint", 0), ("auto_vacuum", 2), ("secure_delete", 0), ("trusted_schema", 0),
  ])
  func theWriterHasTheSettingsThatReflogNeeds(pragma: String, value: Int64) async throws {
    try await withWriter { writer, _ in
      let found = try await writer.write { session in try session.connection.integer("PRAGMA \(pragma)") }

      #expect(found == value)
    }
  }

  @Test func theFileIsInWALMode() async throws {
    try await withWriter { writer, _ in
      let mode = try await writer.write { session in try session.connection.text("PRAGMA journal_mode") }

      #expect(mode == "wal")
    }
  }

  @Test func readersCannotWrite() async throws {
    try await withWriter { _, storage in
      await #expect(throws: SQLError.self) {
        try await storage.reader.read { db in try db.execute("CREATE TABLE t (x)") }
      }
    }
  }

  @Test func anOpenFileIsNotOpenedAgain() async throws {
    try await withWriter { _, storage in
      let error = #expect(throws: StorageError.self) { try Storage(path: storage.path, kind: .ledger) }

      #expect(
        error?.description
          == "\(storage.path) is in use by another Reflog process. Stop that process first, or name another file."
      )
    }
  }

  /// Reflog must refuse the file before SQLite settings are applied to the file.
  ///
  /// Otherwise the refused file would be changed, because SQLite stores some settings in the file.
  @Test(arguments: [0, 7])
  func aFileOfAnotherProgramIsRefusedAndLeftUnchanged(applicationID: Int) async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/other.sqlite"
      let other = try DatabaseQueue(path: path)
      try await other.write { db in
        try db.execute(sql: "PRAGMA application_id = \(applicationID); CREATE TABLE other (id);")
      }
      try other.close()
      let before = try Data(contentsOf: URL(filePath: path))

      let error = #expect(throws: StorageError.self) { try Storage(path: path, kind: .ledger) }
      let shared = #expect(throws: StorageError.self) { try SharedStorage(path: path, kind: .tokens, creating: false) }

      let message = "\(path) is a SQLite file of another program, or another kind of Reflog file. Name another file."
      #expect(error?.description == message)
      #expect(shared?.description == message)
      #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }
  }

  @Test func aFileOfAnotherKindIsRefused() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      try Storage(path: path, kind: .directory).close()

      let error = #expect(throws: StorageError.self) { try Storage(path: path, kind: .ledger) }

      #expect(
        error?.description
          == "\(path) is a SQLite file of another program, or another kind of Reflog file. Name another file."
      )
    }
  }

  @Test func aSQLiteFileWithoutAnApplicationIDIsRefusedAndLeftUnchanged() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      _ = try sqlite3(path, "CREATE TABLE mine (x); INSERT INTO mine VALUES (1)")

      #expect(throws: StorageError.self) { try Storage(path: path, kind: .ledger) }

      #expect(try sqlite3(path, "SELECT group_concat(name) FROM sqlite_schema") == "mine")
    }
  }

  /// A server creates a file under another name, so a file without tables is never the result of an interrupted start.
  @Test func anInterruptedFirstStartCanBeRepeated() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      try Data("half".utf8).write(to: URL(filePath: "\(path).\(getpid()).new"))

      try Storage(path: path, kind: .ledger).close()

      let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(names == ["file.sqlite", "file.sqlite.lock"])
    }
  }

  @Test func aNewerSchemaIsRefused() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      try Storage(path: path, kind: .ledger).close()
      _ = try sqlite3(path, "INSERT INTO grdb_migrations VALUES ('ledger-9999-later')")

      let error = #expect(throws: StorageError.self) { try Storage(path: path, kind: .ledger) }

      #expect(
        error?.description == "\(path) was written by a newer version of Reflog. Use that version or a later one."
      )
    }
  }

  @Test func aLinkOrAFolderIsRefusedAsADatabaseFile() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      try Storage(path: path, kind: .ledger).close()
      try FileManager.default.createSymbolicLink(atPath: folder + "/soft", withDestinationPath: path)
      try FileManager.default.linkItem(atPath: path, toPath: folder + "/hard")

      for other in ["/soft", "/hard", ""] {
        #expect(throws: StorageError.self) { try Storage(path: folder + other, kind: .ledger) }
      }
    }
  }

  @Test func aClosedFileCanBeRead() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      try Storage(path: path, kind: .ledger).close()
      #expect(!FileManager.default.fileExists(atPath: path + "-wal"))

      let reader = try StorageReader(readingFileAt: path, kind: .ledger)

      #expect(try await reader.read { db in try db.integer("SELECT count(*) FROM change_details") } == 0)
    }
  }
}
