import Foundation
import ReflogModel

/// The rows of an exported file, one after another, with what is hashed of it; read in pieces.
struct ExportedRows {
  /// More than any row has.
  private static let rowLimit = 4 << 20
  private static let pieceSize = 1 << 18

  private let file: FileHandle
  private let isCSV: Bool
  private var piece: [UInt8] = []
  private var position = 0
  private(set) var hash = RunningHash()

  struct Row {
    /// Nothing in a row that begins with none, such as the header.
    let id: Change.ID?
    let bytes: [UInt8]
  }

  init(_ path: String, format: String) throws {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw CommandFailure(.refused, "\(path) can't be read.")
    }
    self.file = file
    isCSV = format == "csv"
  }

  /// The next row with the end of its line; nothing at the end of the file.
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

  /// The id stands first in every row.
  private static func id(of row: [UInt8], isCSV: Bool) -> Change.ID? {
    let start = isCSV ? row[...] : row.dropFirst(Array(#"{"id":""#.utf8).count)
    let digits = start.prefix { (0x30...0x39).contains($0) }
    return Change.ID(String(decoding: digits, as: UTF8.self))
  }
}
