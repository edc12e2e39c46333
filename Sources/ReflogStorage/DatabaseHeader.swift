import Glibc

/// The parts of a SQLite file's header that Reflog checks before it opens the file (sqlite.org/fileformat2, section
/// 1.3).
struct DatabaseHeader {
  private static let byteCount = 100
  private static let magic = Array("SQLite format 3\0".utf8)

  /// The application ID of the program that created the file, or 0 if that program did not set an application ID.
  let applicationID: Int32
  /// Whether the file is in WAL mode.
  let isWAL: Bool

  /// Reads the header of the file at a path.
  ///
  /// The result is nil if the file does not exist, if the file is shorter than a header, or if the file is not a SQLite
  /// file.
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
