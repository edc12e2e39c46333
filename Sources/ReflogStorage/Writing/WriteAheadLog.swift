import CStorage
import FoundationEssentials
import GRDB
import GRDBSQLite
import Glibc

/// The write-ahead log of a database, which only the database's writer maintains.
///
/// The log's file is extended in advance, and keeps its length while writes arrive. So a commit overwrites existing
/// bytes and does not extend the file. If the file is not extended, a flush takes only half the time.
struct WriteAheadLog {
  /// The number of new pages after which the log is copied into the database.
  ///
  /// Together, the pages have a size of 16 MB. SQLite copies them in some tens of milliseconds.
  private static let pagesBetweenCheckpoints = 4000
  /// The size, in bytes, to which the log's file is extended in advance.
  ///
  /// This size is enough for the pages between two checkpoints and the pages that are written during a checkpoint.
  private static let grownBytes = 24 << 20
  /// The minimum free space of the disk, in bytes.
  ///
  /// With less free space, the log is not extended in advance.
  private static let spareBytes: UInt64 = 256 << 20
  /// The maximum time, in milliseconds, that the writer waits for readers. The writer waits only before it resets a log
  /// that is too large.
  private static let restartMilliseconds: Int32 = 40

  private let connection: Connection
  private let files: OpenFiles
  private let path: String
  /// The number of pages written since the last checkpoint.
  private var pages = 0
  private var restartBytes = StorageSettings.keptWALBytes

  init(_ connection: Connection, of files: OpenFiles) {
    self.connection = connection
    self.files = files
    path = files.path + "-wal"
  }

  /// Extends the log's file with zero bytes to its full size.
  ///
  /// Zero bytes are not a valid frame of the log, so a recovery after a crash ignores the added bytes.
  func grow() throws(StorageError) {
    let size = FileChecks.size(of: path) ?? 0
    guard size < Self.grownBytes else { return }
    let file = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
    // The file can be missing here, because SQLite creates the file in the first transaction.
    guard file >= 0 else { return }
    defer { close(file) }
    let zeroes = [UInt8](repeating: 0, count: 1 << 20)
    var position = size
    // The log is not extended if the disk has little free space, because changes need that space.
    while position < Self.grownBytes, FileChecks.freeBytes(besideFileAt: path) > Self.spareBytes {
      let count = pwrite(file, zeroes, min(zeroes.count, Self.grownBytes - position), off_t(position))
      // If the disk is full, the loop ends without an error. A later write that needs the space reports the error.
      guard count > 0 else { break }
      position += count
    }
    guard fsync(file) == 0 else { throw .unusable(path: path, problem: lastSystemError()) }
  }

  /// Copies the log into the database if enough pages were written since the last checkpoint.
  mutating func checkpointIfDue() throws {
    countPages()
    guard pages >= Self.pagesBetweenCheckpoints else { return }
    try checkpoint()
    guard (FileChecks.size(of: path) ?? 0) > restartBytes else { return }
    // The log is too large, because readers were active at every earlier checkpoint, and SQLite could not reset the
    // log. So this checkpoint waits for the readers. All writes wait too.
    let hasRestarted = try Self.run(.restart, waiting: Self.restartMilliseconds, connection)
    restartBytes = hasRestarted ? StorageSettings.keptWALBytes : 2 * (FileChecks.size(of: path) ?? 0)
  }

  /// Copies the log into the database, except the part that a reader still needs.
  mutating func checkpoint() throws {
    _ = try Self.run(.passive, connection)
    pages = 0
    // If another program emptied the log, SQLite chose a new salt, so the `SessionMark` in the database's header does
    // not match the log. Then a new mark is stored.
    if let salt = LogFile.salt(ofDatabaseAt: files.path), files.mark?.covers(salt: salt) == false { try mark() }
  }

  /// Stores the salt of the log as a ``SessionMark`` in the database's header, so a later start can check that the
  /// database and the log belong together.
  ///
  /// When this method returns, the mark is durable, and the file of the log exists.
  func markAtStart() throws {
    let stored = UInt32(truncatingIfNeeded: try connection.integer("PRAGMA user_version", kept: false) ?? 0)
    // After a crash, the newest mark can be in the log only. Then the same mark is written into the database's header
    // too.
    if let salt = LogFile.salt(ofDatabaseAt: files.path), let mark = SessionMark(stored), mark.covers(salt: salt) {
      return try files.write(mark)
    }
    try mark()
  }

  private func mark() throws {
    // A log gets its salt in its first transaction. So the first transaction stores a random mark, and only the second
    // transaction can store the mark for the salt.
    try Self.store(SessionMark(salt: .random(in: 1...UInt32.max)), connection)
    guard let salt = LogFile.salt(ofDatabaseAt: files.path) else {
      throw StorageError.unusable(path: path, problem: "it can't be read: \(lastSystemError())")
    }
    let mark = SessionMark(salt: salt)
    try Self.store(mark, connection)
    try files.write(mark)
  }

  private static func store(_ mark: SessionMark?, _ connection: Connection) throws {
    try connection.executeAll("PRAGMA user_version = \(Int32(bitPattern: mark?.number ?? 0))")
  }

  /// Prevents SQLite from deleting the log when this connection closes, until ``end(_:)`` has removed the
  /// ``SessionMark``.
  ///
  /// Without this setting, SQLite would delete the log if a start or a stop fails after an I/O error. The mark would
  /// stay, so the next start would refuse the file because of the missing log.
  static func keepAtClose(_ connection: Connection) throws {
    let result = storage_delete_log_at_close(UnsafeMutableRawPointer(connection.pointer), 0)
    guard result == SQLITE_OK else { throw SQLError(result, of: connection.pointer) }
  }

  /// Copies the log into the database, and removes the ``SessionMark``.
  ///
  /// The mark is removed because the database is complete without its log.
  ///
  /// If a reader prevents SQLite from emptying the log, the mark is kept, because the database still needs its log.
  /// Otherwise SQLite deletes the empty log when the last connection closes.
  ///
  /// - Returns: The reason why pages remain in the log, or nil if the log is empty and the mark was removed.
  @discardableResult
  static func end(_ connection: Connection) throws -> StorageError? {
    if let obstacle = try obstacle(to: .truncate, connection) { return obstacle }
    try store(nil, connection)
    if let obstacle = try obstacle(to: .truncate, connection) { return obstacle }
    // If this fails, an empty log stays, which does no harm.
    _ = storage_delete_log_at_close(UnsafeMutableRawPointer(connection.pointer), 1)
    return nil
  }

  /// Copies the log into the database if any pages were written since the last checkpoint.
  mutating func checkpointIfWritten() throws {
    countPages()
    if pages > 0 { try checkpoint() }
  }

  /// Adds the number of pages that this connection wrote since the last call.
  ///
  /// Each call resets SQLite's counter of written pages, because the counter has only 32 bits.
  private mutating func countPages() {
    var (current, highest) = (Int32(0), Int32(0))
    sqlite3_db_status(connection.pointer, SQLITE_DBSTATUS_CACHE_WRITE, &current, &highest, 1)
    pages += Int(current)
  }

  /// The maximum time, in milliseconds, that one attempt to empty the log waits for readers.
  ///
  /// All writes wait during the attempt.
  private static let emptyingMilliseconds: Int32 = 20

  /// Empties the log and extends its file again.
  ///
  /// The result is false if a reader prevented SQLite from emptying the log.
  static func empty(_ connection: Connection, of files: OpenFiles) throws -> Bool {
    guard try run(.truncate, waiting: emptyingMilliseconds, connection) else { return false }
    try WriteAheadLog(connection, of: files).grow()
    return true
  }

  /// Runs a checkpoint, and returns whether it was complete.
  ///
  /// - Throws: ``SQLError`` only if the file can't be used.
  @discardableResult
  static func run(_ mode: Database.CheckpointMode, _ connection: Connection) throws -> Bool {
    try obstacle(to: mode, connection) == nil
  }

  /// Runs a checkpoint, and returns the reason why it was not complete, or nil if it was complete.
  ///
  /// An incomplete checkpoint loses no data: the log keeps all pages, and a later checkpoint copies them.
  private static func obstacle(to mode: Database.CheckpointMode, _ connection: Connection) throws -> StorageError? {
    do {
      _ = try connection.database.checkpoint(mode)
      return nil
    } catch let error as DatabaseError {
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED: return .locked
      case .SQLITE_FULL: return .diskFull
      default: throw SQLError(error)
      }
    }
  }

  /// Runs a checkpoint that waits at most `milliseconds` for other connections.
  ///
  /// All writes of this connection wait during the checkpoint.
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
