import GRDB

extension GroupCommitWriter {
  /// Pages moved at a time, so that writes hardly wait.
  private static let pagesMoved = 256
  /// How often it is tried to empty the WAL, which needs a moment without a reader of an old state.
  private static let attempts = 100
  private static let pause = Duration.milliseconds(100)

  /// Gives the space of what was deleted back to the file system, and empties the WAL and what of pages is not used, so that
  /// nothing of it is left in either file.
  ///
  /// Writes wait while the file is gone through once, about a second a gigabyte. Throws ``StorageError/locked`` where others read for so long that the WAL can't be emptied.
  package func reclaim() async throws {
    while try await runAlone({ db in
      try db.execute(sql: "PRAGMA incremental_vacuum(\(Self.pagesMoved))")
      return try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
    }) > 0 {}
    for _ in 0..<Self.attempts {
      let isEmpty = try await runAlone { db in
        // Waiting for a reader here would keep every write waiting too.
        let timeout = try Int.fetchOne(db, sql: "PRAGMA busy_timeout") ?? 0
        try db.execute(sql: "PRAGMA busy_timeout = 0")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(timeout)") }
        try WALCheckpoint.run(.truncate, db)
        guard FileChecks.size(of: self.path + "-wal") ?? 0 == 0 else { return false }
        // What the connection has in memory would be written again with what still stands there.
        try db.execute(sql: "PRAGMA shrink_memory")
        try UnallocatedSpace(db).zero(db)
        return true
      }
      if isEmpty { return }
      try await Task.sleep(for: Self.pause)
    }
    throw StorageError.locked
  }
}
