import CStorage
import Glibc

/// The state of a write-ahead log's file before Reflog opens the database.
enum LogFile: Sendable {
  /// The file does not exist.
  case missing
  /// The log contains no transaction.
  case empty
  /// The log contains transactions.
  ///
  /// `pageCount` is the number of pages of the database. `isOnlyMark` is true if the log contains only page 1 of the
  /// database. A server leaves such a log if the server ends directly after it stored its ``SessionMark``.
  case used(salt: UInt32, isOnlyMark: Bool, pageCount: Int)

  private static let headerByteCount = 32

  /// Reads the log of the database at a path.
  ///
  /// - Parameters:
  ///   - database: The path of the database.
  ///   - pageSize: The size of a page of the database in bytes.
  /// - Throws: ``StorageError`` if the file is not the log of a database with this page size. Also throws if a complete
  ///   transaction in the log is damaged, because SQLite would ignore this transaction without an error.
  init(ofDatabaseAt database: String, pageSize: Int) throws(StorageError) {
    let path = database + "-wal"
    for file in [path, database + "-shm"] where FileChecks.isTaken(file) && !FileChecks.isPlainFileItself(file) {
      throw .notAPlainFile(path: file, problem: "is a folder, a link or a device")
    }
    guard FileChecks.exists(path) else {
      self = .missing
      return
    }
    guard let size = FileChecks.size(of: path), size > 0 else {
      self = .empty
      return
    }
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .unusable(path: path, problem: lastSystemError()) }
    defer { close(file) }
    var header = [UInt8](repeating: 0, count: Self.headerByteCount)
    let count = pread(file, &header, Self.headerByteCount, 0)
    // The writer extends the file with zero bytes in advance. So a new log and an emptied log begin with zero bytes.
    if header.allSatisfy({ $0 == 0 }) {
      self = .empty
      return
    }
    guard count == Self.headerByteCount, Self.isHeader(header), header.number(at: 8) == UInt32(pageSize) else {
      throw .unusable(
        path: path,
        problem: "it is not the write-ahead log of \(database). Restore the file, or move it if you restored "
          + "\(database) from a backup"
      )
    }
    var content = storage_log_content()
    guard storage_scan_log(file, header, &content) == 0 else {
      throw .unusable(path: path, problem: lastSystemError())
    }
    guard content.is_damaged == 0 else {
      throw .unusable(path: path, problem: "a transaction in it is damaged, so changes are missing. Restore the file")
    }
    self =
      content.frame_count == 0
      ? .empty
      : .used(
        salt: header.number(at: 16),
        isOnlyMark: content.has_only_first_page != 0,
        pageCount: Int(content.page_count)
      )
  }

  /// Returns the salt of the log of an open database, or nil if the log has no header.
  static func salt(ofDatabaseAt database: String) -> UInt32? {
    let file = open(database + "-wal", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var header = [UInt8](repeating: 0, count: headerByteCount)
    guard pread(file, &header, headerByteCount, 0) == headerByteCount, isHeader(header) else { return nil }
    return header.number(at: 16)
  }

  /// Returns whether these bytes are the header of a log.
  ///
  /// The magic number, the version and the checksum are checked.
  private static func isHeader(_ bytes: [UInt8]) -> Bool {
    let magic = bytes.number(at: 0)
    guard magic & ~1 == 0x377F_0682, bytes.number(at: 4) == 3_007_000 else { return false }
    var (first, second): (UInt32, UInt32) = (0, 0)
    for position in stride(from: 0, to: 24, by: 8) {
      let words = [position, position + 4].map { bytes.number(at: $0) }.map { magic & 1 == 1 ? $0 : $0.byteSwapped }
      first = first &+ words[0] &+ second
      second = second &+ words[1] &+ first
    }
    return first == bytes.number(at: 24) && second == bytes.number(at: 28)
  }
}
