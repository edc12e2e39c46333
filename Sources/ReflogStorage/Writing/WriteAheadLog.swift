import FoundationEssentials
import GRDB
import GRDBSQLite
import Glibc

/// The write-ahead log of a file, which its one writer maintains.
///
/// The log's file is grown in advance and never truncated under load. A flush takes half the time if a commit
/// overwrites existing bytes instead of making the file longer.
struct WriteAheadLog {
  /// The number of pages after which the log is copied into the file: 16 MB, which takes some tens of milliseconds.
  private static let pagesBetweenCheckpoints = 4000
  /// The size to which the log is grown in advance: the pages between two checkpoints and those written during a
  /// checkpoint.
  private static let grownBytes = 24 << 20
  /// If the disk has less free space than this, the log is not grown in advance.
  private static let spareBytes: UInt64 = 256 << 20
  /// How long all writes wait for readers when a log that is too large must be reset.
  private static let restartMilliseconds: Int32 = 40

  private let connection: Connection
  private let path: String
  /// The number of pages written since the last checkpoint.
  private var pages = 0
  private var restartBytes = StorageSettings.keptWALBytes

  init(_ connection: Connection, fileAt path: String) {
    self.connection = connection
    self.path = path + "-wal"
  }

  /// Grows the log's file to its full size.
  ///
  /// Bytes after the last frame are zero and not a valid frame, so a recovery ends before them.
  func grow() throws(StorageError) {
    let size = FileChecks.size(of: path) ?? 0
    guard size < Self.grownBytes else { return }
    let file = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
    // SQLite makes the file with the first transaction.
    guard file >= 0 else { return }
    defer { close(file) }
    let zeroes = [UInt8](repeating: 0, count: 1 << 20)
    var position = size
    // The rest of the disk is kept for changes.
    while position < Self.grownBytes, FileChecks.freeBytes(besideFileAt: path) > Self.spareBytes {
      let count = pwrite(file, zeroes, min(zeroes.count, Self.grownBytes - position), off_t(position))
      // If the disk is full, the log grows when it is written, or the write reports the error.
      guard count > 0 else { break }
      position += count
    }
    guard fsync(file) == 0 else { throw .unusable(path: path, problem: lastSystemError()) }
  }

  /// Copies the log into the file if enough pages were written since the last time.
  mutating func checkpointIfDue() throws {
    countPages()
    guard pages >= Self.pagesBetweenCheckpoints else { return }
    try checkpoint()
    guard (FileChecks.size(of: path) ?? 0) > restartBytes else { return }
    // A reader was always active, so SQLite could not reset the log.
    let hasRestarted = try Self.run(.restart, waiting: Self.restartMilliseconds, connection)
    restartBytes = hasRestarted ? StorageSettings.keptWALBytes : 2 * (FileChecks.size(of: path) ?? 0)
  }

  /// Copies the part of the log that no reader needs into the file.
  mutating func checkpoint() throws {
    _ = try Self.run(.passive, connection)
    pages = 0
  }

  /// Copies the log into the file if pages were written since the last time.
  mutating func checkpointIfWritten() throws {
    countPages()
    if pages > 0 { try checkpoint() }
  }

  /// Adds the pages that this connection wrote since the last call.
  ///
  /// SQLite's counter has 32 bits, so it is reset with every read.
  private mutating func countPages() {
    var (current, highest) = (Int32(0), Int32(0))
    sqlite3_db_status(connection.pointer, SQLITE_DBSTATUS_CACHE_WRITE, &current, &highest, 1)
    pages += Int(current)
  }

  /// How long one attempt to empty the log waits for readers; every write waits for it.
  private static let emptyingMilliseconds: Int32 = 20

  /// Empties the log and grows it again; returns false if a reader prevents that.
  static func empty(_ connection: Connection, fileAt path: String) throws -> Bool {
    guard try run(.truncate, waiting: emptyingMilliseconds, connection) else { return false }
    try WriteAheadLog(connection, fileAt: path).grow()
    return true
  }

  /// Runs a checkpoint, and returns whether it was complete.
  ///
  /// - Throws: ``SQLError`` only if the file itself is not usable.
  @discardableResult
  static func run(_ mode: Database.CheckpointMode, _ connection: Connection) throws -> Bool {
    do {
      _ = try connection.database.checkpoint(mode)
      return true
    } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL].contains(error.resultCode) {
      // This is harmless: another process reads, or the disk is full. The log keeps everything, and a later checkpoint
      // continues.
      return false
    } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// Runs a checkpoint that waits at most this long for other connections; every write of this connection waits for it.
  static func run(
    _ mode: Database.CheckpointMode,
    waiting milliseconds: Int32,
    _ connection: Connection
  ) throws -> Bool {
    sqlite3_busy_timeout(connection.pointer, milliseconds)
    defer { sqlite3_busy_timeout(connection.pointer, StorageSettings.busyTimeoutMilliseconds) }
    return try run(mode, connection)
  }
}
