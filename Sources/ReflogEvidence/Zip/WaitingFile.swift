import Foundation

/// The content of one file of a pack, which is kept until it can be written to the ZIP file.
///
/// The content is stored in a temporary file without a name. The operating system deletes the temporary file when it is
/// closed.
struct WaitingFile {
  private static let pieceSize = 1 << 18

  private let file: FileHandle
  private(set) var size: UInt64 = 0
  private var crc = CRC32()

  /// The checksum of the content.
  var checksum: UInt32 { crc.value }

  /// Creates an empty file.
  init() throws {
    // `mkstemp` replaces the six letters `X` at the end of the path, so that the path is unique.
    let template = FileManager.default.temporaryDirectory.path + "/reflog-evidence-" + String(repeating: "X", count: 6)
    var path = Array(template.utf8CString)
    let descriptor = mkstemp(&path)
    guard descriptor >= 0 else { throw WaitingFileError(problem: String(cString: strerror(errno))) }
    file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    unlink(path)
  }

  /// Appends bytes to the file.
  mutating func append(_ bytes: [UInt8]) throws {
    size += UInt64(bytes.count)
    crc.add(bytes)
    try file.write(contentsOf: bytes)
  }

  /// Returns a reader of the content.
  func reader() throws -> Reader {
    try file.seek(toOffset: 0)
    return Reader(file: file)
  }

  /// Reads the content piece by piece.
  struct Reader {
    let file: FileHandle

    /// Returns the next piece, or nil at the end.
    mutating func next() throws -> [UInt8]? {
      guard let data = try file.read(upToCount: WaitingFile.pieceSize), !data.isEmpty else { return nil }
      return Array(data)
    }
  }
}

/// The error that is thrown if no temporary file can be created.
package struct WaitingFileError: Error, CustomStringConvertible {
  let problem: String

  /// The problem, and the folder to check.
  package var description: String {
    "No temporary file can be created for the pack: \(problem). Check the folder TMPDIR."
  }
}
