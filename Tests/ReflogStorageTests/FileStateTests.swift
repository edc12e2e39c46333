import Foundation
import ReflogTesting
import Testing

@testable import ReflogStorage

/// Tests that Reflog refuses a damaged, incomplete or foreign file, and does not alter the file.
///
/// The error contains the name of the file.
struct FileStateTests {
  /// The files of a ledger whose server was killed: the database and its write-ahead log.
  private struct Killed {
    let database: Data
    let log: Data

    /// Creates a ledger with one committed row, and copies the files while the server runs.
    init(_ folder: String, row: Int = 1) async throws {
      let path = folder + "/made-\(row).sqlite"
      let storage = try Storage(path: path, kind: .ledger)
      try storage.setUp { db in
        try db.execute("CREATE TABLE t (x)")
        for _ in 0..<3 { try db.execute("INSERT INTO t VALUES (?)", [row]) }
      }
      try storage.setUp { db in try db.execute("INSERT INTO t VALUES (?)", [row]) }
      database = try Data(contentsOf: URL(filePath: path))
      log = try Data(contentsOf: URL(filePath: path + "-wal"))
      try storage.close()
    }
  }

  /// Writes the files, and returns the text of the error with which Reflog refuses the files.
  private func refusal(_ database: Data, log: Data?, in folder: String) throws -> String {
    let path = folder + "/file.sqlite"
    try database.write(to: URL(filePath: path))
    if let log { try log.write(to: URL(filePath: path + "-wal")) }
    defer { for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) } }

    let read = #expect(throws: StorageError.self) { try StorageReader(readingFileAt: path, kind: .ledger) }
    let opened = #expect(throws: StorageError.self) { try Storage(path: path, kind: .ledger) }

    #expect(opened?.description == read?.description)
    #expect(try Data(contentsOf: URL(filePath: path)) == database)
    if let log { #expect(try Data(contentsOf: URL(filePath: path + "-wal")) == log) }
    return (read?.description ?? "").replacing(path, with: "F")
  }

  @Test func theErrorAboutADamagedFileContainsItsName() async throws {
    try await withTemporaryFolder { folder in
      let (killed, other) = (try await Killed(folder), try await Killed(folder, row: 2))
      let path = folder + "/whole.sqlite"
      try Storage(path: path, kind: .ledger).close()
      let whole = try Data(contentsOf: URL(filePath: path))
      var flipped = killed.log
      // Flip a bit in the content of the first frame. The salt of the frame, in the bytes 40 to 47, is not changed.
      flipped[32 + 24 + 100] ^= 1

      let refusals: [(Data, Data?, String)] = [
        (Data(), nil, "F can't be used: it is empty. Restore it from a backup, or delete it if it was never used."),
        (Data("<html>".utf8), nil, "F can't be used: it is not a SQLite file. Restore it from a backup."),
        (
          whole.prefix(whole.count / 2), nil,
          "F can't be used: it was cut: it has \(whole.count / 2) of \(whole.count) bytes. Restore it from a backup."
        ),
        (killed.database, nil, StorageError.missingLog(path: "F").description),
        (
          whole, killed.log,
          "F-wal can't be used: it belongs to another copy of F. Restore the file that it belongs to, or move F-wal "
            + "away to use F without it."
        ),
        (
          killed.database, other.log,
          "F-wal can't be used: it belongs to another copy of F. Restore the file that it belongs to, or move F-wal "
            + "away to use F without it."
        ),
        (
          killed.database, Data("<html>a page of a proxy, longer than a header".utf8),
          "F-wal can't be used: it is not the write-ahead log of F. Restore the file, or move it if you restored F from "
            + "a backup."
        ),
        (
          killed.database, flipped,
          "F-wal can't be used: a transaction in it is damaged, so changes are missing. Restore the file."
        ),
      ]
      for (database, log, text) in refusals { #expect(try refusal(database, log: log, in: folder) == text) }
    }
  }

  @Test func aDatabaseFileIsCompleteOnlyWithItsLogFile() async throws {
    try await withTemporaryFolder { folder in
      let killed = try await Killed(folder)
      let path = folder + "/file.sqlite"
      try killed.database.write(to: URL(filePath: path))
      try killed.log.write(to: URL(filePath: path + "-wal"))

      let reader = try StorageReader(readingFileAt: path, kind: .ledger)

      #expect(try reader.readOnThisThread { db in try db.integer("SELECT count(*) FROM t") } == 4)
    }
  }

  /// A server stores a mark when it opens a file. If the server is killed immediately, the write-ahead log contains
  /// only the mark.
  @Test func aLogFileWithOnlyTheMarkBelongsToTheDatabaseFile() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      try Storage(path: path, kind: .ledger).close()
      let closed = try Data(contentsOf: URL(filePath: path))
      let storage = try Storage(path: path, kind: .ledger)
      let log = try Data(contentsOf: URL(filePath: path + "-wal"))
      try storage.close()
      try closed.write(to: URL(filePath: path))
      try log.write(to: URL(filePath: path + "-wal"))

      try Storage(path: path, kind: .ledger).close()
    }
  }

  @Test func aClosedFileHasNoMark() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      let storage = try Storage(path: path, kind: .ledger)
      let mark = storage.files.mark
      try storage.close()

      #expect(mark != nil)
      #expect(try DatabaseHeader(ofFileAt: path)?.mark == nil)
      #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
    }
  }

  @Test(arguments: ["", "-wal"])
  func aReplacedFileStopsTheWriterAndTheReaders(ending: String) async throws {
    try await withWriter { writer, storage in
      let file = storage.path + ending
      try FileManager.default.moveItem(atPath: file, toPath: file + ".moved")
      try FileManager.default.copyItem(atPath: file + ".moved", toPath: file)

      let write = await #expect(throws: StorageError.self) { try await writer.write { _ in } }
      let read = await #expect(throws: StorageError.self) { try await storage.reader.read { _ in } }

      #expect(write?.description == StorageError.replaced(path: file).description)
      #expect(read?.description == write?.description)
      #expect(!writer.isHealthy)
    }
  }

  @Test func aBackupConsistsOfOneFile() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/file.sqlite"
      let storage = try Storage(path: path, kind: .ledger)
      let copy = try await storage.copy()
      var bytes: [UInt8] = []
      while let piece = try copy.next() { bytes += piece }
      try storage.close()
      let backup = folder + "/backup"
      try FileManager.default.createDirectory(atPath: backup, withIntermediateDirectories: false)
      try Data(bytes).write(to: URL(filePath: backup + "/copy.sqlite"))

      let reader = try StorageReader(readingFileAt: backup + "/copy.sqlite", kind: .ledger)
      _ = try await reader.read { db in try db.integer("SELECT count(*) FROM change") }

      #expect(try FileManager.default.contentsOfDirectory(atPath: backup) == ["copy.sqlite"])
    }
  }

  @Test func aMarkCoversOnlySaltsOfTheSameLogFile() {
    let mark = SessionMark(salt: 0xFFFF_FFFF)

    #expect([0xFFFF_FFFF, 0, 1, 1000].allSatisfy(mark.covers))
    #expect(![0xFFFF_FFF0, 0x7FFF_FFFF, 1 << 21].contains(where: mark.covers))
    #expect(SessionMark(salt: 0).covers(salt: 0))
    #expect(SessionMark(0) == nil)
  }
}
