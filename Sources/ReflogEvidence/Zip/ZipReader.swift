package import Foundation

/// Reads a ZIP file that ``ZipOutput`` wrote.
package struct ZipReader: Sendable {
  private static let pieceSize = 1 << 18
  /// The maximum size, in bytes, of the directory of a ZIP file.
  ///
  /// The directory of an evidence pack has about two kilobytes.
  private static let directoryLimit: UInt64 = 1 << 20
  private static let endLength = 22
  private static let locatorLength = 20
  private static let end64Length = 56
  private static let centralLength = 46
  private static let localLength = 30

  private let file: FileHandle
  private let entries: [ZipRecord.Entry]

  /// Reads the directory of a ZIP file.
  ///
  /// - Throws: ``ZipError`` if the file is incomplete or was not written by Reflog.
  package init(_ file: FileHandle) throws {
    self.file = file
    let length = try file.seekToEnd()
    let tailLength = UInt64(Self.endLength + Self.locatorLength + Self.end64Length)
    guard length > tailLength else { throw ZipError.isIncomplete }
    let tail = try Self.bytes(of: file, at: length - tailLength, Int(tailLength))
    guard tail.number(at: 0) == ZipRecord.end64, tail.number(at: Self.end64Length) == ZipRecord.end64Locator,
      tail.number(at: Self.end64Length + Self.locatorLength) == ZipRecord.end,
      let size: UInt64 = tail.number(at: 40), let start: UInt64 = tail.number(at: 48),
      size <= Self.directoryLimit, start <= length, start + size + tailLength == length
    else { throw ZipError.isIncomplete }
    entries = try Self.entries(try Self.bytes(of: file, at: start, Int(size)))
  }

  /// Writes all files of the ZIP file to an output.
  ///
  /// - Parameters:
  ///   - output: The output.
  ///   - name: The name of the only file to write, or nil to write all files.
  /// - Throws: ``ZipError`` if the content of a file does not match the file's checksum.
  @concurrent
  package func extract(to output: inout some EvidenceOutput, only name: String? = nil) async throws {
    for entry in entries where name == nil || entry.name == name {
      guard Self.isSafe(entry.name) else { throw ZipError.unsafeName(entry.name) }
      let header = try Self.bytes(of: file, at: entry.offset, Self.localLength)
      guard header.number(at: 0) == ZipRecord.localHeader, let nameLength: UInt16 = header.number(at: 26),
        let extraLength: UInt16 = header.number(at: 28)
      else { throw ZipError.isIncomplete }
      try file.seek(toOffset: entry.offset + UInt64(Self.localLength) + UInt64(nameLength) + UInt64(extraLength))
      var (rest, checksum) = (entry.size, CRC32())
      repeat {
        let piece = Array(try file.read(upToCount: Int(min(rest, UInt64(Self.pieceSize)))) ?? Data())
        guard rest == 0 || !piece.isEmpty else { throw ZipError.isIncomplete }
        checksum.add(piece)
        rest -= UInt64(piece.count)
        try await output.append(piece, to: entry.name)
      } while rest > 0
      guard checksum.value == entry.checksum else { throw ZipError.wrongChecksum(entry.name) }
      try await output.end(entry.name)
    }
  }

  /// Returns whether a name is a path below the folder of the pack.
  private static func isSafe(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return !name.contains("\\") && !name.utf8.contains(0) && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }

  private static func bytes(of file: FileHandle, at offset: UInt64, _ count: Int) throws -> [UInt8] {
    try file.seek(toOffset: offset)
    let bytes = Array(try file.read(upToCount: count) ?? Data())
    guard bytes.count == count else { throw ZipError.isIncomplete }
    return bytes
  }

  private static func entries(_ directory: [UInt8]) throws -> [ZipRecord.Entry] {
    var (entries, position) = ([ZipRecord.Entry](), 0)
    while position < directory.count {
      guard directory.number(at: position) == ZipRecord.centralHeader,
        let flags: UInt16 = directory.number(at: position + 8),
        let method: UInt16 = directory.number(at: position + 10),
        let checksum: UInt32 = directory.number(at: position + 16),
        let size: UInt32 = directory.number(at: position + 24),
        let nameLength: UInt16 = directory.number(at: position + 28),
        let extraLength: UInt16 = directory.number(at: position + 30),
        let offset: UInt32 = directory.number(at: position + 42), method == 0
      else { throw ZipError.isIncomplete }
      let (nameStart, nameEnd) = (position + centralLength, position + centralLength + Int(nameLength))
      guard nameEnd + Int(extraLength) <= directory.count else { throw ZipError.isIncomplete }
      let isLarge = extraLength >= 28
      entries.append(
        ZipRecord.Entry(
          name: String(decoding: directory[nameStart..<nameEnd], as: UTF8.self),
          offset: (isLarge ? directory.number(at: nameEnd + 20) : nil) ?? UInt64(offset),
          size: (isLarge ? directory.number(at: nameEnd + 4) : nil) ?? UInt64(size),
          checksum: checksum,
          flags: flags
        )
      )
      position = nameEnd + Int(extraLength)
    }
    return entries
  }
}

/// The reason why a ZIP file can't be read.
package enum ZipError: Error, Equatable, CustomStringConvertible {
  case isIncomplete
  case unsafeName(String)
  case wrongChecksum(String)

  /// The problem with the ZIP file.
  package var description: String {
    switch self {
    case .isIncomplete: "The pack was not received completely. Try again."
    case .unsafeName(let name): "The pack has a file with the name '\(name)', which is not in the folder of the pack."
    case .wrongChecksum(let name): "The file \(name) of the pack was damaged during the transfer. Try again."
    }
  }
}
