import Foundation
import GRDB

/// A copy of a SQLite file that is read piece by piece.
///
/// The copy contains one consistent state of the file. The copy has no name in the file system, so the system deletes
/// the copy when this object is deinitialized.
package final class StorageCopy: Sendable {
  private static let pieceSize = 1 << 20

  private let descriptor: Int32
  /// The size of the copy in bytes.
  package let byteCount: Int

  /// Opens the copy at a path and removes its name from the file system.
  fileprivate init(takingNameFrom path: String) throws(StorageError) {
    byteCount = FileChecks.size(of: path) ?? 0
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0, unlink(path) == 0 else { throw .unusable(path: path, problem: lastSystemError()) }
  }

  deinit { close(descriptor) }

  /// Returns the next piece, or nil at the end of the copy.
  ///
  /// A piece has at most 1 MiB.
  package func next() throws(StorageError) -> [UInt8]? {
    var result = 0
    let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
      result = read(descriptor, buffer.baseAddress, Self.pieceSize)
      count = max(0, result)
    }
    guard result >= 0 else { throw .unreadable("the copy can't be read: \(lastSystemError())") }
    return piece.isEmpty ? nil : piece
  }
}

extension Storage {
  /// The path at which the copy is created.
  private var copyPath: String { path + ".backup" }

  /// Removes the files that remain after a crashed copy or a crashed compaction.
  package func removeUnfinishedCopy() throws(StorageError) {
    try StorageCompaction.removeUnfinished(besideFileAt: path)
    for file in [copyPath, copyPath + "-journal"] where FileChecks.exists(file) {
      guard unlink(file) == 0 else { throw .unusable(path: file, problem: lastSystemError()) }
    }
  }

  /// Creates a copy of one consistent state of the file, with SQLite's backup API.
  ///
  /// Create only one copy at a time. The WAL can't be reset while the copy is created, so the WAL grows with every
  /// write.
  ///
  /// - Throws: ``StorageError/diskFull`` if the disk does not have enough free space for the copy.
  package func copy() async throws -> StorageCopy {
    try removeUnfinishedCopy()
    let needed = UInt64(FileChecks.size(of: path) ?? 0) + UInt64(walBytes) + GroupCommitLimits.standard.headroomBytes
    guard FileChecks.freeBytes(besideFileAt: path) > needed else { throw StorageError.diskFull }
    let target = copyPath
    do {
      try FileChecks.prepareFile(at: target)
      try await questionReader.read { source in
        let copy = try DatabaseQueue(path: target)
        try copy.writeWithoutTransaction { copy in
          try source.database.backup(to: copy)
          // The copy has no write-ahead log, so the `SessionMark` in its header is removed.
          try copy.execute(sql: "PRAGMA user_version = 0")
        }
        try copy.close()
      }
    } catch {
      try? removeUnfinishedCopy()
      throw error
    }
    return try StorageCopy(takingNameFrom: target)
  }
}
