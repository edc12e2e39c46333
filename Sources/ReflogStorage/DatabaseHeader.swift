import Glibc

/// What the first bytes of a SQLite file say (sqlite.org/fileformat2, section 1.3).
struct DatabaseHeader {
  private static let byteCount = 100
  private static let magic = Array("SQLite format 3\0".utf8)

  /// Which program's file it is; 0 where none said so.
  let applicationID: Int32
  /// Whether writes go to a write-ahead log.
  let isWAL: Bool

  /// Reads the header. Nil where the file is too short for one, or is no SQLite file.
  init?(ofFileAt path: String) throws(StorageError) {
    guard let size = FileChecks.size(of: path), size >= Self.byteCount else { return nil }
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { throw .unusable(path: path, problem: lastSystemError()) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    guard pread(file, &bytes, Self.byteCount, 0) == Self.byteCount, bytes.starts(with: Self.magic) else { return nil }
    applicationID = Int32(truncatingIfNeeded: bytes[68..<72].reduce(0) { $0 << 8 | Int($1) })
    isWAL = bytes[18] == 2
  }
}
