import Foundation
import ReflogModel

/// A small text file that a person passes to a command, such as a checkpoint or a manifest.
///
/// A person often gets the file from a mail program, a browser or a terminal on Windows. These programs can add a byte
/// order mark, end lines with CR LF, or leave out the last newline. Reflog corrects these differences when it reads the
/// file.
struct GivenFile {
  /// The maximum size, in bytes, of the file.
  ///
  /// Every checkpoint, manifest or receipt that Reflog writes is smaller.
  private static let maximumByteCount = 4 << 20

  private let path: String
  /// The bytes of the file in UTF-8, with a newline at the end of each line.
  let bytes: [UInt8]

  /// Reads the file at a path.
  ///
  /// - Throws: A failure with the exit code for wrong usage if the file can't be read as text.
  init(_ path: String) throws {
    self.path = path
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: Self.maximumByteCount + 1)
    else {
      // The method `read` returns nil for an empty file, and also for a file that can't be read. Only a regular file is
      // reported as empty.
      let isEmpty = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
      throw Self.failure(path, isEmpty == .typeRegular ? "it is empty" : Self.problem(path))
    }
    guard !data.starts(with: Array("PK\u{3}\u{4}".utf8)) else {
      throw Self.failure(path, "it is a ZIP file. Unpack it, and use the file in its folder")
    }
    guard data.count <= Self.maximumByteCount else { throw Self.failure(path, "it is too large") }
    var bytes = Array(data)
    let marks: [[UInt8]] = [[0xFF, 0xFE], [0xFE, 0xFF]]
    guard !marks.contains(where: bytes.starts), !bytes.contains(0) else {
      throw Self.failure(path, "it is encoded in UTF-16 or is not text. Save it in UTF-8")
    }
    if bytes.starts(with: TextEncoding.byteOrderMark) { bytes.removeFirst(3) }
    bytes = TextEncoding.withLineFeeds(bytes)
    guard !bytes.isEmpty else { throw Self.failure(path, "it is empty") }
    guard bytes.first(where: { !$0.isWhiteSpace }) != UInt8(ascii: "<") else {
      throw Self.failure(path, "it is a web page, probably an error page of a proxy. Download the file again")
    }
    if bytes.last != 0x0A { bytes.append(0x0A) }
    self.bytes = bytes
  }

  /// Returns the file's text.
  func text() throws -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw unreadable("it is not valid UTF-8") }
    return text
  }

  /// The length, in bytes, of an Ed25519 signature.
  ///
  /// The signatures of all other known types are longer.
  private static let shortestSignature = 64

  /// Returns the signed note in the file.
  func note() throws -> SignedNote {
    let note: SignedNote
    do { note = try SignedNote(parsing: bytes) } catch { throw unreadable("\(error)") }
    guard note.signatures.allSatisfy({ $0.bytes.count >= Self.shortestSignature }) else {
      throw unreadable("a signature in the file is not complete. Get a new copy of the whole file")
    }
    return note
  }

  /// Returns the failure for a file whose content can't be read.
  ///
  /// - Parameter problem: A clause or sentences that describe the problem.
  func unreadable(_ problem: String) -> CommandFailure { Self.failure(path, problem) }

  private static func failure(_ path: String, _ problem: String) -> CommandFailure {
    CommandFailure(.usage, "\(path) cannot be read: \(problem)\(problem.hasSuffix(".") ? "" : ".")")
  }

  private static func problem(_ path: String) -> String {
    FileManager.default.fileExists(atPath: path) ? "it is not a file, or you have no permission" : "it does not exist"
  }
}

extension UInt8 {
  fileprivate var isWhiteSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
