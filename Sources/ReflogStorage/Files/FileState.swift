import Glibc
import ReflogMigrations

/// The state that a Reflog file has before SQLite opens the file.
///
/// The state is read first, because SQLite would change or create files when it opens a file. Reading the state changes
/// no file.
struct FileState {
  let path: String
  /// Whether the file has a write-ahead log with transactions.
  let hasUsedLog: Bool
  /// Whether the file's write-ahead log is missing although a server had the file open.
  ///
  /// The newest changes can then be missing.
  let isLogMissing: Bool

  /// Reads the state of the file at a path, which must exist.
  ///
  /// Call this initializer only while no connection of this process has the file open. The initializer closes a
  /// descriptor of the file, and the kernel then releases all locks that this process holds on the file (fcntl(2)).
  ///
  /// - Throws: ``StorageError`` if the file is empty, shorter than the size in its header, not a SQLite file, or a file
  ///   of another program. Also throws if the write-ahead log is damaged or belongs to another file.
  init(ofFileAt path: String, kind: StorageKind) throws {
    self.path = path
    guard let size = FileChecks.size(of: path), size > 0 else {
      throw StorageError.unusable(
        path: path,
        problem: "it is empty. Restore it from a backup, or delete it if it was never used"
      )
    }
    guard let header = try DatabaseHeader(ofFileAt: path) else {
      throw StorageError.unusable(path: path, problem: "it is not a SQLite file. Restore it from a backup")
    }
    guard header.hasTables else { throw StorageError.noTables(path: path) }
    guard header.applicationID == kind.migrations.applicationID else {
      // After an interrupted start of an early version of Reflog, the file can be without an application ID, and
      // without tables except the migrator's table. Such a file is not a foreign file.
      try kind.migrations.refuseForeignFile(at: path)
      throw header.isWAL ? StorageError.foreign(path: path) : StorageError.noTables(path: path)
    }
    guard header.isFormatKnown else {
      throw StorageError.unusable(path: path, problem: "its header is damaged. Restore it from a backup")
    }
    let log = kind == .tokens ? .missing : try LogFile(ofDatabaseAt: path, pageSize: header.pageSize)
    hasUsedLog = if case .used = log { true } else { false }
    isLogMissing = if case .missing = log { header.mark != nil } else { false }
    // The size is checked only if the log has no transactions. Otherwise, the file can be shorter than the size in its
    // header, because SQLite copies the pages from the log into the file later.
    if !hasUsedLog, let pageCount = header.pageCount {
      let whole = pageCount * header.pageSize
      guard size >= whole else {
        throw StorageError.unusable(
          path: path,
          problem: "it was cut: it has \(size) of \(whole) bytes. Restore it from a backup"
        )
      }
    }
    try Self.checkOwner(of: log, header, path)
  }

  /// Reads the state of a file that a server may be opening or closing.
  ///
  /// A server changes first one of the two files and then the other, so for a moment the file and its log do not match.
  /// If the first check fails, the file and the log are therefore checked a second time.
  init(ofFileAt path: String, kind: StorageKind, settling: Bool) throws {
    for _ in 0..<(settling ? 1 : 0) {
      if let state = try? FileState(ofFileAt: path, kind: kind), !state.isLogMissing {
        self = state
        return
      }
      usleep(100_000)
    }
    try self.init(ofFileAt: path, kind: kind)
  }

  /// Throws if the log belongs to another file.
  private static func checkOwner(of log: LogFile, _ header: DatabaseHeader, _ path: String) throws(StorageError) {
    guard case .used(let salt, let isOnlyMark, let pageCount) = log else { return }
    if isOnlyMark, header.pageCount == nil || header.pageCount == pageCount { return }
    guard let mark = header.mark, mark.covers(salt: salt) else {
      throw .unusable(
        path: path + "-wal",
        problem: "it belongs to another copy of \(path). Restore the file that it belongs to, or move \(path)-wal away "
          + "to use \(path) without it"
      )
    }
  }
}
