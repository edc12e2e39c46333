import FoundationEssentials
import GRDB
import Glibc

/// Writes a file of Reflog's anew, so that nothing is left in it of what was deleted: SQLite keeps copies of cells that it moved before
/// they were deleted.
package struct StorageCompaction: Sendable {
  package let path: String
  private let kind: StorageKind

  /// - Parameter path: a file that no process serves.
  package init(path: String, kind: StorageKind) {
    self.path = path
    self.kind = kind
  }

  private var copyPath: String { path + ".compact" }

  /// The size of the file, and of the new one as far as it is written.
  package var progress: (written: Int, of: Int) { (FileChecks.size(of: copyPath) ?? 0, FileChecks.size(of: path) ?? 0) }

  /// Writes the file anew beside the old one, checks it, and puts it in its place. Returns the sizes before and after. When this returns,
  /// the new file is durable.
  ///
  /// A crash before the last step leaves the old file as it was, and a `.compact` beside it, which the next compaction removes. Throws
  /// `inUse` where a server runs, and `diskFull` where the disk has no room for a second file.
  package func run() throws -> (before: Int, after: Int) {
    guard FileChecks.exists(path) else { throw StorageError.unusable(path: path, problem: "there is no such file") }
    // Opening it checks what it is, takes the lock, and empties what a server left in the write-ahead log.
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
      // The lock keeps a server out until the new file has the name.
      defer { storage.releaseLock() }
      // Pages in the log of the old file must never meet the new one: somebody reads the ledger, and keeps them there.
      guard FileChecks.size(of: path + "-wal") ?? 0 == 0 else { throw StorageError.locked }
      for ending in ["-wal", "-shm"] { try DurableFile.remove(path + ending) }
      // A crash from here on: one of the two files has the name, and each is whole.
      try DurableFile.move(copyPath, to: path)
      return (before, FileChecks.size(of: path) ?? 0)
    } catch {
      try? removeCopy()
      throw error
    }
  }

  private func removeCopy() throws { try Self.removeUnfinished(besideFileAt: path) }

  /// Removes what a crash left of a compaction.
  static func removeUnfinished(besideFileAt path: String) throws(StorageError) {
    for ending in [".compact", ".compact-journal"] { try DurableFile.remove(path + ending) }
  }

  /// Gives the new file the owner and the permissions of the old one: another user may serve the ledger than the one who runs this.
  private func keepOwner(_ file: Int32) throws {
    var old = stat()
    guard stat(path, &old) == 0, fchown(file, old.st_uid, old.st_gid) == 0, fchmod(file, old.st_mode & 0o7777) == 0
    else {
      throw StorageError.unusable(path: copyPath, problem: lastSystemError())
    }
  }

  /// Throws where the new file is not what SQLite should have written, and flushes it.
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
