import Foundation
import ReflogModel

/// Reads the rows of an exported file in order, and computes the hash of all bytes that were read.
struct ExportedRows {
  /// The maximum size of a row in bytes. Every exported row is smaller.
  private static let rowLimit = 4 << 20
  private static let pieceSize = 1 << 18

  private let file: FileHandle
  private let isCSV: Bool
  private var piece: [UInt8] = []
  private var position = 0
  private(set) var hash = RunningHash()

  /// A row of the file.
  struct Row {
    /// The change's id, or nil if the row does not start with an id. The header has no id.
    let id: Change.ID?
    /// The bytes of the row, including the end of the line.
    let bytes: [UInt8]
  }

  /// Opens an exported file.
  ///
  /// - Parameters:
  ///   - path: the path of the file.
  ///   - format: the format that the manifest contains.
  init(_ path: String, format: String) throws {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw CommandFailure(.refused, "\(path) can't be read.")
    }
    self.file = file
    isCSV = format == "csv"
  }

  /// Returns the next row, or nil at the end of the file.
  mutating func next() throws -> Row? {
    var row: [UInt8] = []
    var isQuoted = false
    while let byte = try nextByte() {
      row.append(byte)
      if isCSV, byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == 0x0A, !isQuoted { break }
      guard row.count < Self.rowLimit else { break }
    }
    return row.isEmpty ? nil : Row(id: Self.id(of: row, isCSV: isCSV), bytes: row)
  }

  private mutating func nextByte() throws -> UInt8? {
    if position == piece.count {
      piece = Array(try file.read(upToCount: Self.pieceSize) ?? Data())
      position = 0
      hash.add(piece)
      guard !piece.isEmpty else { return nil }
    }
    defer { position += 1 }
    return piece[position]
  }

  /// Returns the id at the start of a row, or nil if the row does not start with an id.
  private static func id(of row: [UInt8], isCSV: Bool) -> Change.ID? {
    let start = isCSV ? row[...] : row.dropFirst(Array(#"{"id":""#.utf8).count)
    let digits = start.prefix { (0x30...0x39).contains($0) }
    return Change.ID(String(decoding: digits, as: UTF8.self))
  }
}
