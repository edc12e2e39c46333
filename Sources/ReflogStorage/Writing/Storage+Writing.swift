extension Storage: WritableStore {
  /// Opens the write connection, and calls `body` on the calling thread.
  package func withWriter(_ body: (Connection, StoreUpkeep) throws -> Void) throws {
    try withWriteConnection { connection in
      var log = WriteAheadLog(connection, of: files)
      try log.grow()
      let upkeep = StoreUpkeep(
        afterCommit: { try log.checkpointIfDue() },
        rest: { try log.checkpointIfWritten() },
        reclaim: { try Self.reclaim(connection, files) }
      )
      try body(connection, upkeep)
    }
  }

  /// Whether the database has at least `bytes` of free space; the method reads the free space without a write.
  package func hasHeadroom(of bytes: UInt64) -> Bool { FileChecks.freeBytes(besideFileAt: path) >= bytes }

  /// Throws if the database may not be written any more, for example because another program replaced the file.
  package func check() throws(StorageError) { try files.check() }

  /// The number of pages that are returned to the file system in one job.
  ///
  /// Other writes wait while the job runs, so the number is small.
  private static let pagesReclaimed = 256

  /// Gives pages of deleted rows back to the file system, or empties the write-ahead log if no such page is left.
  ///
  /// Returns `all` if the write-ahead log was emptied. The files then contain no deleted rows, except the copies that
  /// ``GroupCommitWriter/reclaim()`` describes.
  private static func reclaim(_ connection: Connection, _ files: OpenFiles) throws -> StoreUpkeep.Reclaimed {
    if try connection.integer("PRAGMA freelist_count") ?? 0 > 0 {
      try connection.execute("PRAGMA incremental_vacuum(\(pagesReclaimed))")
      return .part
    }
    return try WriteAheadLog.empty(connection, of: files) ? .all : .prevented
  }
}
