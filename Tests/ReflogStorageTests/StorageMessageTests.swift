import Foundation
import ReflogTesting
import Testing

@testable import ReflogStorage

/// Tests of the exact text of every message that a user can see about a database file.
struct StorageMessageTests {
  static let errors: [(StorageError, String)] = [
    (
      .inUse(path: "reflog.sqlite"),
      "reflog.sqlite is in use by another Reflog process. Stop that process first, or name another file."
    ),
    (
      .unsafeFileSystem(path: "reflog.sqlite", name: "nfs4"),
      """
      reflog.sqlite is on a file system of type nfs4. Its locks and flushes are not reliable. Use a file on a local \
      disk.
      """
    ),
    (
      .notAPlainFile(path: "reflog.sqlite", problem: "is a folder, a link or a device"),
      "reflog.sqlite is a folder, a link or a device. Name a plain file."
    ),
    (
      .unusable(path: "reflog.sqlite", problem: "the file does not exist"),
      "reflog.sqlite can't be used: the file does not exist."
    ),
    (
      .foreign(path: "reflog.sqlite"),
      "reflog.sqlite is a SQLite file of another program, or another kind of Reflog file. Name another file."
    ),
    (
      .noTables(path: "reflog.sqlite"),
      """
      reflog.sqlite can't be used: it contains no tables, so it contains no history. Restore it from a backup, or delete \
      it if it was never used.
      """
    ),
    (
      .missingLog(path: "reflog.sqlite"),
      """
      reflog.sqlite can't be used: reflog.sqlite-wal is missing, and the newest changes can be in that file. Restore \
      reflog.sqlite-wal. To copy a ledger that is in use, run reflog backup.
      """
    ),
    (
      .replaced(path: "reflog.sqlite"),
      """
      reflog.sqlite was replaced, moved or deleted while Reflog uses it. Reflog records no more changes. Stop Reflog, \
      restore the file, and start Reflog again.
      """
    ),
    (
      .newerSchema(path: "reflog.sqlite"),
      "reflog.sqlite was written by a newer version of Reflog. Use that version or a later one."
    ),
    (
      .alteredSchema(path: "reflog.sqlite", name: "view shadow"),
      """
      The schema of reflog.sqlite is not Reflog's: the view shadow is missing, altered or added. Restore the original \
      file, or drop what you added.
      """
    ),
    (
      .unfinishedCopy(path: "reflog.sqlite"),
      """
      reflog.sqlite is an unfinished copy of another ledger. Run the same reflog migrate-ledger again to complete it, or \
      delete reflog.sqlite.
      """
    ),
    (
      .setting(path: "reflog.sqlite", name: "journal_mode", expected: "wal", found: "delete"),
      "reflog.sqlite can't be used: SQLite's journal_mode is delete and can't be set to wal."
    ),
    (.queueFull, "Too many writes are waiting. This write was not made. Try again later."),
    (.diskFull, "The disk is full. Free some space, then try again."),
    (.locked, "Another process or a long read uses the file. Wait until it ends, then try again."),
    (.failed("UNIQUE constraint failed: t.x"), "The write failed: UNIQUE constraint failed: t.x."),
    (.unreadable("the copy is incomplete"), "The read failed: the copy is incomplete."),
    (
      .commitUnknown("disk I/O error"),
      "It is unknown whether the last commit was written (disk I/O error). Start Reflog again to find out."
    ),
    (.stopped, "The writer has stopped and accepts no more writes. Start Reflog again."),
    (
      .unexpectedValue(column: "kind"),
      """
      Column kind holds a value of a type that Reflog does not write. The file is damaged. Restore it from a backup.
      """
    ),
  ]

  @Test(arguments: errors)
  func everyStorageErrorHasItsText(error: StorageError, message: String) {
    #expect(error.description == message)
  }

  @Test func theMessageExplainsAPathThatIsNotAPlainFile() async throws {
    try await withTemporaryFolder { folder in
      let (file, link) = (folder + "/file.sqlite", folder + "/hard.sqlite")
      try Storage(path: file, kind: .ledger).close()
      try FileManager.default.linkItem(atPath: file, toPath: link)

      for (path, problem) in [
        ("file:reflog.sqlite", "is not a path"), (folder, "is a folder, a link or a device"),
        (link, "has more than one name (hard links)"),
      ] {
        let error = #expect(throws: StorageError.self) { try FileChecks.prepareFile(at: path) }
        #expect(error?.description == "\(path) \(problem). Name a plain file.")
      }
    }
  }

  @Test func theMessageExplainsAMissingFile() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      let message = "\(path) can't be used: the file does not exist."

      let read = #expect(throws: StorageError.self) { try StorageReader(readingFileAt: path, kind: .ledger) }
      let shared = #expect(throws: StorageError.self) { try SharedStorage(path: path, kind: .tokens, creating: false) }
      let compacted = #expect(throws: StorageError.self) { try StorageCompaction(path: path, kind: .ledger).run() }

      #expect(read?.description == message)
      #expect(shared?.description == message)
      #expect(compacted?.description == message)
    }
  }

  @Test func theMessageExplainsAnOlderSchemaThatCannotBeRead() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      try Storage(path: path, kind: .ledger).close()
      _ = try sqlite3(path, "DELETE FROM grdb_migrations")

      let error = #expect(throws: StorageError.self) { try StorageReader(readingFileAt: path, kind: .ledger) }

      #expect(
        error?.description == """
          \(path) can't be used: an older version of Reflog wrote it; start the server once to migrate it.
          """
      )
    }
  }

  @Test func theMessageContainsTheAlteredPartsOfTheSchema() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      try Storage(path: path, kind: .ledger).close()
      _ = try sqlite3(path, "CREATE VIEW shadow AS SELECT 1")

      let error = #expect(throws: StorageError.self) { try Storage(path: path, kind: .ledger) }

      #expect(
        error?.description == """
          The schema of \(path) is not Reflog's: the view shadow is missing, altered or added. Restore the original \
          file, or drop what you added.
          """
      )
    }
  }
}
