import Glibc

/// The parts of a SQLite file's header that Reflog checks before SQLite opens the file (sqlite.org/fileformat2, section
/// 1.3).
struct DatabaseHeader {
  private static let byteCount = 108
  /// The position, in bytes, of the field `user_version`, in which the server stores its ``SessionMark``.
  static let markOffset = 60
  private static let magic = Array("SQLite format 3\0".utf8)

  /// The application ID of the program that created the file, or 0 if that program did not set an application ID.
  let applicationID: Int32
  /// Whether the file is in WAL mode.
  let isWAL: Bool
  /// Whether the file's two format versions are equal and known, as in every file that SQLite writes.
  let isFormatKnown: Bool
  /// The size of a page in bytes.
  let pageSize: Int
  /// The number of pages, or nil if the program that wrote the file did not store a valid number.
  let pageCount: Int?
  /// Whether the file has a table.
  let hasTables: Bool
  /// The mark of the server that has the file open or that crashed, or nil if the last server closed the file
  /// completely.
  let mark: SessionMark?

  /// Reads the header of the file at a path.
  ///
  /// The result is nil if the file does not exist, if the file is shorter than the first page's header, or if the file
  /// is not a SQLite file.
  init?(ofFileAt path: String) throws(StorageError) {
    guard let size = FileChecks.size(of: path), size >= Self.byteCount else { return nil }
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { throw .unusable(path: path, problem: lastSystemError()) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    guard pread(file, &bytes, Self.byteCount, 0) == Self.byteCount, bytes.starts(with: Self.magic) else { return nil }
    applicationID = Int32(bitPattern: bytes.number(at: 68))
    isWAL = bytes[18] == 2
    isFormatKnown = bytes[18] == bytes[19] && (1...2).contains(bytes[18])
    let stored = Int(bytes[16]) << 8 | Int(bytes[17])
    // The number 65,536 does not fit into two bytes, so SQLite stores 1 for a page of this size.
    pageSize = stored == 1 ? 65_536 : stored
    // The number of pages is valid only if the program that wrote the number also updated the two change counters.
    let isCountValid = bytes.number(at: 24) == bytes.number(at: 92)
    pageCount = isCountValid && bytes.number(at: 28) > 0 ? Int(bytes.number(at: 28)) : nil
    // The first page contains the schema. The file header has 100 bytes. Byte 100 is the type of the page, and bytes
    // 103 and 104 are the number of rows. Type 13 is a page without child pages (section 1.6).
    hasTables = bytes[100] != 13 || bytes[103] != 0 || bytes[104] != 0
    mark = SessionMark(bytes.number(at: Self.markOffset))
  }
}

extension [UInt8] {
  /// Returns the big-endian number of four bytes at a position.
  func number(at position: Int) -> UInt32 {
    self[position..<position + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}
