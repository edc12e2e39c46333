import FoundationEssentials
import GRDB
import GRDBSQLite
import Glibc

/// The write-ahead log of a file, as its one writer looks after it.
///
/// It is grown in advance and never truncated under load: a flush is twice as fast where a commit overwrites a file that is there
/// than where it makes the file longer.
struct WriteAheadLog {
  /// After this many pages the log is copied into the file: 16 MB, which takes some tens of milliseconds.
  private static let pagesBetweenCheckpoints = 4000
  /// How large the log is made in advance: what is written between two checkpoints, and what comes while one runs.
  private static let grownBytes = 24 << 20
  /// Below so much free space the log grows as it is written.
  private static let spareBytes: UInt64 = 256 << 20
  /// How long all writes wait until those who read let a log that became too large begin anew.
  private static let restartMilliseconds: Int32 = 40

  private let connection: Connection
  private let path: String
  /// Pages written since the last checkpoint.
  private var pages = 0
  private var restartBytes = StorageSettings.keptWALBytes

  init(_ connection: Connection, fileAt path: String) {
    self.connection = connection
    self.path = path + "-wal"
  }

  /// Makes the log's file as large as it will be. What is written behind its end is no frame, so that a recovery ends before it.
  func grow() throws(StorageError) {
    let size = FileChecks.size(of: path) ?? 0
    guard size < Self.grownBytes else { return }
    let file = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
    // SQLite makes the file with the first transaction.
    guard file >= 0 else { return }
    defer { close(file) }
    let zeroes = [UInt8](repeating: 0, count: 1 << 20)
    var place = size
    // What is left of the disk is for changes.
    while place < Self.grownBytes, FileChecks.freeBytes(besideFileAt: path) > Self.spareBytes {
      let count = pwrite(file, zeroes, min(zeroes.count, Self.grownBytes - place), off_t(place))
      // A full disk: the log grows as it is written, or the write says so.
      guard count > 0 else { break }
      place += count
    }
    guard fsync(file) == 0 else { throw .unusable(path: path, problem: lastSystemError()) }
  }

  /// Copies the log into the file where enough was written since the last time.
  mutating func checkpointIfDue() throws {
    countPages()
    guard pages >= Self.pagesBetweenCheckpoints else { return }
    try checkpoint()
    guard (FileChecks.size(of: path) ?? 0) > restartBytes else { return }
    // There was always a reader, so SQLite could not begin the log anew.
    let hasRestarted = try Self.run(.restart, waiting: Self.restartMilliseconds, connection)
    restartBytes = hasRestarted ? StorageSettings.keptWALBytes : 2 * (FileChecks.size(of: path) ?? 0)
  }

  /// Copies the log into the file as far as readers allow.
  mutating func checkpoint() throws {
    _ = try Self.run(.passive, connection)
    pages = 0
  }

  /// Copies the log into the file where anything was written since the last time.
  mutating func checkpointIfWritten() throws {
    countPages()
    if pages > 0 { try checkpoint() }
  }

  /// Adds what this connection wrote since it was last asked: SQLite counts in 32 bits.
  private mutating func countPages() {
    var (current, highest) = (Int32(0), Int32(0))
    sqlite3_db_status(connection.pointer, SQLITE_DBSTATUS_CACHE_WRITE, &current, &highest, 1)
    pages += Int(current)
  }

  /// How long one attempt to empty the log waits for readers; every write waits with it.
  private static let emptyingMilliseconds: Int32 = 20

  /// Empties the log and grows it again. Returns false where a reader is in the way.
  static func empty(_ connection: Connection, fileAt path: String) throws -> Bool {
    guard try run(.truncate, waiting: emptyingMilliseconds, connection) else { return false }
    try WriteAheadLog(connection, fileAt: path).grow()
    return true
  }

  /// Copies as far as others allow; returns whether that is all the way. Throws only where the file itself can't be trusted any more.
  @discardableResult
  static func run(_ mode: Database.CheckpointMode, _ connection: Connection) throws -> Bool {
    do {
      _ = try connection.database.checkpoint(mode)
      return true
    } catch let error as DatabaseError where [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL].contains(error.resultCode) {
      // Harmless: another process reads, or the disk is full. The log keeps everything, and a later checkpoint goes on.
      return false
    } catch let error as DatabaseError {
      throw SQLError(error)
    }
  }

  /// The same, waiting no longer than this for who reads or writes; every write of this connection waits with it.
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
