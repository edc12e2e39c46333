import GRDB

extension GroupCommitWriter {
  /// Pages moved at a time, and gone through at a time, so that writes hardly wait.
  private static let pagesMoved = 256
  private static let pagesZeroed = 4096
  /// How often it is tried to empty the WAL, which needs a moment without a reader of an old state.
  private static let attempts = 100
  private static let pause = Duration.milliseconds(100)

  /// Gives the space of what was deleted back to the file system, and empties the WAL and what of pages is not used, so that
  /// nothing of it is left in either file.
  ///
  /// Goes through the whole file once, about a second a gigabyte, and lets writes in between. Throws ``StorageError/locked`` where
  /// others read for so long that the WAL can't be emptied.
  package func reclaim() async throws {
    while try await runAlone({ db in
      try db.execute(sql: "PRAGMA incremental_vacuum(\(Self.pagesMoved))")
      return try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
    }) > 0 {}
    // What comes behind the end while this goes on was never deleted.
    let end = try await runAlone { db in try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0 }
    var (next, failures) = (1, 0)
    while next <= end {
      let pages = next..<min(end + 1, next + Self.pagesZeroed)
      if try await runAlone({ db in try self.zeroUnallocated(pages, db) }) {
        (next, failures) = (pages.upperBound, 0)
      } else {
        failures += 1
        guard failures < Self.attempts else { throw StorageError.locked }
        try await Task.sleep(for: Self.pause)
      }
    }
  }

  /// Returns false where somebody's reading keeps the WAL from being emptied.
  private func zeroUnallocated(_ pages: Range<Int>, _ db: Database) throws -> Bool {
    _ = try WALCheckpoint.run(.truncate, waiting: 0, db)
    guard FileChecks.size(of: path + "-wal") ?? 0 == 0 else { return false }
    // What the connection has in memory would be written again with what still stands there.
    try db.execute(sql: "PRAGMA shrink_memory")
    try UnallocatedSpace(db).zero(pages, db)
    return true
  }
}
