import GRDB

/// Reads the WAL back into the file.
enum WALCheckpoint {
  /// Goes as far as others allow. Throws only where the file itself can't be trusted any more.
  static func run(_ mode: Database.CheckpointMode, _ db: Database) throws {
    do {
      _ = try db.checkpoint(mode)
    } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL].contains(error.resultCode) {
      // Harmless: another process reads, or the disk is full. The WAL keeps everything, and a later checkpoint goes on.
    }
  }
}
