import FoundationEssentials
import GRDB
import Glibc

/// Rewrites a file of Reflog's to remove all remains of deleted rows.
///
/// SQLite keeps copies of cells that it moved before they were deleted. Only a new file is free of them.
package struct StorageCompaction: Sendable {
  /// The path of the file.
  package let path: String
  private let kind: StorageKind

  /// Creates a compaction of a file.
  ///
  /// - Parameters:
  ///   - path: The path of a file that no process serves.
  ///   - kind: The kind of the file.
  package init(path: String, kind: StorageKind) {
    self.path = path
    self.kind = kind
  }

  private var copyPath: String { path + ".compact" }

  /// The bytes of the new file that are written so far, and the size of the old file.
  package var progress: (written: Int, of: Int) { (FileChecks.size(of: copyPath) ?? 0, FileChecks.size(of: path) ?? 0) }

  /// Writes a new file, checks it, and replaces the old file with it.
  ///
  /// When this returns, the new file is durable. A crash before the last step leaves the old file unchanged, and a
  /// `.compact` file that the next compaction removes.
  ///
  /// - Returns: The sizes of the file before and after, in bytes.
  /// - Throws: ``StorageError/inUse(path:)`` if a server runs, and ``StorageError/diskFull`` if the disk has no room
  ///   for a second file.
  package func run() throws -> (before: Int, after: Int) {
    guard FileChecks.exists(path) else { throw StorageError.unusable(path: path, problem: "the file does not exist") }
    // Opening the file checks its kind, takes the lock, and empties the write-ahead log that a server left.
    let storage = try Storage(path: path, kind: kind)
    do {
      let before = FileChecks.size(of: path) ?? 0
      guard FileChecks.freeBytes(besideFileAt: path) > UInt64(before) + UInt64(storage.walBytes) else {
        throw StorageError.diskFull
      }
      try removeCopy()
      try FileChecks.prepareFile(at: copyPath)
      try storage.withWriteConnection { connection in
        try connection.execute("VACUUM INTO ?", [copyPath])
      }
      try check(copyPath)
      try storage.closeConnections()
      // The lock keeps a server out until the new file has its name.
      defer { storage.releaseLock() }
      // SQLite must never apply pages from the log of the old file to the new one. Pages are left if another process
      // reads the ledger.
      guard FileChecks.size(of: path + "-wal") ?? 0 == 0 else { throw StorageError.locked }
      for ending in ["-wal", "-shm"] { try DurableFile.remove(path + ending) }
      // After a crash from here on, one of the two files has the name, and each file is complete.
      try DurableFile.move(copyPath, to: path)
      return (before, FileChecks.size(of: path) ?? 0)
    } catch {
      try? removeCopy()
      throw error
    }
  }

  private func removeCopy() throws { try Self.removeUnfinished(besideFileAt: path) }

  /// Removes the files that a crashed compaction left.
  static func removeUnfinished(besideFileAt path: String) throws(StorageError) {
    for ending in [".compact", ".compact-journal"] { try DurableFile.remove(path + ending) }
  }

  /// Copies the owner and the permissions of the old file to the new one.
  ///
  /// The user who runs the compaction may be another one than the user who runs the server.
  private func keepOwner(_ file: Int32) throws {
    var old = stat()
    guard stat(path, &old) == 0, fchown(file, old.st_uid, old.st_gid) == 0, fchmod(file, old.st_mode & 0o7777) == 0
    else {
      throw StorageError.unusable(path: copyPath, problem: lastSystemError())
    }
  }

  /// Throws if the new file is damaged; otherwise flushes it.
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
