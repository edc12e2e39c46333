import Foundation
import GRDB

/// A copy of a SQLite file as it was at one moment, to be read piece by piece. It has no name any more: it is gone when this is.
package final class StorageCopy: Sendable {
  private static let pieceSize = 1 << 20

  private let descriptor: Int32
  package let byteCount: Int

  fileprivate init(takingNameFrom path: String) throws(StorageError) {
    byteCount = FileChecks.size(of: path) ?? 0
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0, unlink(path) == 0 else { throw .unusable(path: path, problem: lastSystemError()) }
  }

  deinit { close(descriptor) }

  /// The next piece; nothing at the end.
  package func next() throws(StorageError) -> [UInt8]? {
    var result = 0
    let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { buffer, count in
      result = read(descriptor, buffer.baseAddress, Self.pieceSize)
      count = max(0, result)
    }
    guard result >= 0 else { throw .failed("the copy can't be read: \(lastSystemError())") }
    return piece.isEmpty ? nil : piece
  }
}

extension Storage {
  /// Where copies are made.
  private var copyPath: String { path + ".backup" }

  /// Removes what a crash left of a copy.
  package func removeUnfinishedCopy() throws(StorageError) {
    try StorageCompaction.removeUnfinished(besideFileAt: path)
    for file in [copyPath, copyPath + "-journal"] where FileChecks.exists(file) {
      guard unlink(file) == 0 else { throw .unusable(path: file, problem: lastSystemError()) }
    }
  }

  /// Copies the file as it is at one moment, through SQLite's backup API. One at a time.
  ///
  /// A reader sees one state for as long as this takes, and the WAL grows by what is written meanwhile. Throws
  /// ``StorageError/diskFull`` where the disk has not the room.
  package func copy() async throws -> StorageCopy {
    try removeUnfinishedCopy()
    let needed = UInt64(FileChecks.size(of: path) ?? 0) + UInt64(walBytes) + GroupCommitLimits.standard.headroomBytes
    guard FileChecks.freeBytes(besideFileAt: path) > needed else { throw StorageError.diskFull }
    let target = copyPath
    do {
      try FileChecks.prepareFile(at: target)
      try await questionReader.read { source in
        let copy = try DatabaseQueue(path: target)
        try copy.writeWithoutTransaction { try source.database.backup(to: $0) }
        try copy.close()
      }
    } catch {
      try? removeUnfinishedCopy()
      throw error
    }
    return try StorageCopy(takingNameFrom: target)
  }
}
