import FoundationEssentials
import GRDB
import Glibc

/// Rewrites a Reflog file to remove all remains of deleted rows.
///
/// SQLite stores rows in cells and moves cells within a file. A copy of a moved cell can remain in the file after the
/// row is deleted. A new file contains no such copies.
package struct StorageCompaction: Sendable {
  /// The path of the file.
  package let path: String
  private let kind: StorageKind

  /// Creates a compaction of a file.
  ///
  /// - Parameters:
  ///   - path: The path of a file that no server has open.
  ///   - kind: The kind of the file.
  package init(path: String, kind: StorageKind) {
    self.path = path
    self.kind = kind
  }

  private var copyPath: String { path + ".compact" }

  /// The current size of the new file and the size of the old file, both in bytes.
  package var progress: (written: Int, of: Int) { (FileChecks.size(of: copyPath) ?? 0, FileChecks.size(of: path) ?? 0) }

  /// Writes a new file, checks it, and replaces the old file with it.
  ///
  /// When this method returns, the new file is durable. If the process crashes before the last step, the old file is
  /// complete and a `.compact` file remains. The next compaction removes that `.compact` file.
  ///
  /// If this method throws an error, the old file stays in place. Only one thing may have changed: pages of the
  /// write-ahead log may have been copied into the file.
  ///
  /// - Returns: The size of the old file and the size of the new file, both in bytes.
  /// - Throws: ``StorageError/inUse(path:)`` if a server runs, ``StorageError/locked`` if another process reads the
  ///   file, and ``StorageError/diskFull`` if the disk does not have enough free space for a second file.
  package func run() throws -> (before: Int, after: Int) { try run {} }

  /// Does the same as ``run()``, and calls `whenWritten` after the new file is written and before the connections are
  /// closed.
  func run(_ whenWritten: () throws -> Void) throws -> (before: Int, after: Int) {
    guard FileChecks.exists(path) else { throw StorageError.unusable(path: path, problem: "the file does not exist") }
    // `Storage` checks the kind of the file and acquires the lock. When the storage is closed, SQLite copies the
    // write-ahead log into the file.
    let storage = try Storage(path: path, kind: kind)
    // No server can start while the lock is held. So the lock is released after everything else.
    defer { storage.releaseLock() }
    let before = FileChecks.size(of: path) ?? 0
    do {
      do {
        try writeCopy(of: storage)
        try whenWritten()
      } catch {
        // The caller must get the error that stopped the compaction. So an error of `closeConnections` is ignored.
        _ = try? storage.closeConnections()
        throw error
      }
      let obstacle = try storage.closeConnections()
      // If another process reads the file, pages can remain in the write-ahead log. SQLite would later copy these old
      // pages into the new file, and damage the new file. So the compaction ends with an error.
      guard FileChecks.size(of: path + "-wal") ?? 0 == 0 else { throw obstacle ?? .locked }
      for ending in ["-wal", "-shm"] { try DurableFile.remove(path + ending) }
      // Both files are complete. A crash during or after the rename leaves either the old or the new file at `path`.
      try DurableFile.move(copyPath, to: path)
    } catch {
      try? removeCopy()
      throw error
    }
    return (before, FileChecks.size(of: path) ?? 0)
  }

  /// Writes the new file and checks it.
  private func writeCopy(of storage: Storage) throws {
    guard FileChecks.freeBytes(besideFileAt: path) > UInt64(FileChecks.size(of: path) ?? 0) + UInt64(storage.walBytes)
    else { throw StorageError.diskFull }
    try removeCopy()
    try FileChecks.prepareFile(at: copyPath)
    try storage.withWriteConnection { connection in
      // VACUUM also copies the `SessionMark` in the header. The new file has no write-ahead log, so the mark is removed
      // first. If the server was killed, the log of the old file contains changes. So SQLite copies these changes into
      // the old file before the mark is removed. Otherwise a crash during the last checkpoint could leave a file
      // without a mark next to a log with changes, and the next start would refuse this log.
      if let obstacle = try WriteAheadLog.end(connection) { throw obstacle }
      try connection.execute("VACUUM INTO ?", [copyPath])
    }
    try check(copyPath)
  }

  private func removeCopy() throws { try Self.removeUnfinished(besideFileAt: path) }

  /// Removes the files that remain after a crashed compaction.
  static func removeUnfinished(besideFileAt path: String) throws(StorageError) {
    for ending in [".compact", ".compact-journal"] { try DurableFile.remove(path + ending) }
  }

  /// Copies the owner and the permissions of the old file to the new file.
  ///
  /// The server may run as a different user than the compaction, and must be able to open the new file.
  private func keepOwner(_ file: Int32) throws {
    var old = stat()
    guard stat(path, &old) == 0, fchown(file, old.st_uid, old.st_gid) == 0, fchmod(file, old.st_mode & 0o7777) == 0
    else {
      throw StorageError.unusable(path: copyPath, problem: lastSystemError())
    }
  }

  /// Checks the new file and flushes it, or throws if the file is damaged.
  private func check(_ path: String) throws {
    let queue = try DatabaseQueue(path: path, configuration: StorageSettings.configuration(of: .readOnly))
    let problem = try queue.read { db in try String.fetchOne(db, sql: "PRAGMA quick_check(1)") }
    try queue.close()
    guard problem == "ok" else { throw StorageError.failed("the new file is damaged: \(problem ?? "")") }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw StorageError.unusable(path: path, problem: lastSystemError()) }
    defer { close(file) }
    try keepOwner(file)
    guard fsync(file) == 0 else { throw StorageError.unusable(path: path, problem: lastSystemError()) }
  }
}
