import GRDB

/// Reads the WAL back into the file.
enum WALCheckpoint {
  /// Goes as far as others allow; returns whether that is all the way. Throws only where the file itself can't be trusted any more.
  @discardableResult
  static func run(_ mode: Database.CheckpointMode, _ db: Database) throws -> Bool {
    do {
      _ = try db.checkpoint(mode)
      return true
    } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL].contains(error.resultCode) {
      // Harmless: another process reads, or the disk is full. The WAL keeps everything, and a later checkpoint goes on.
      return false
    }
  }

  /// The same, waiting no longer than this for who reads or writes; every write of this connection waits with it.
  static func run(_ mode: Database.CheckpointMode, waiting milliseconds: Int, _ db: Database) throws -> Bool {
    let timeout = try Int.fetchOne(db, sql: "PRAGMA busy_timeout") ?? 0
    try db.execute(sql: "PRAGMA busy_timeout = \(milliseconds)")
    defer { try? db.execute(sql: "PRAGMA busy_timeout = \(timeout)") }
    return try run(mode, db)
  }
}
