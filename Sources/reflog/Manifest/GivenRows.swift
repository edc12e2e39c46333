import Foundation
import ReflogFormats
import ReflogModel

/// Reads the rows of a file in order, even if another program saved the file in another form.
///
/// The reader also finds the differences in form, such as other separators or line ends.
struct GivenRows {
  /// The maximum size, in bytes, of a row.
  ///
  /// Every exported row is smaller.
  private static let rowLimit = 4 << 20
  private static let pieceSize = 1 << 18
  private static let quote = UInt8(ascii: "\"")
  private static let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]

  private let file: FileHandle
  private let isCSV: Bool
  private let separator: UInt8
  private var piece: [UInt8]
  private var position = 0
  /// The differences in form between the rows that were read and the rows that Reflog wrote.
  private(set) var differences: Set<FormDifference> = []

  /// A row of a file.
  struct Row {
    /// The id of the row: the first cell of a CSV row, or the member `id` of a JSON object.
    ///
    /// The text is empty if the row has no id.
    let id: String
    /// The row in its usual spelling (see ``ReflogFormats/CanonicalRow``).
    let spelling: [UInt8]
  }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - format: The format of the file.
  ///   - hasMark: Whether Reflog wrote the file with a byte order mark.
  init(_ path: String, _ format: EvidenceManifest.File.Format, hasMark: Bool = false) throws {
    guard let file = FileHandle(forReadingAtPath: path) else { throw CommandFailure.unreadable(path) }
    self.file = file
    isCSV = format == .csv
    piece = Array(try file.read(upToCount: Self.pieceSize) ?? Data())
    let isMarked = piece.starts(with: TextEncoding.byteOrderMark)
    if isMarked { position = TextEncoding.byteOrderMark.count }
    // The separator is the first byte after the first cell of the header.
    let rest = piece.dropFirst(position).drop(while: { $0 == Self.quote || $0.isWordByte })
    separator = Self.separators.first { $0 == rest.first } ?? UInt8(ascii: ",")
    if isMarked != hasMark { differences.insert(.byteOrderMark) }
    if isCSV, separator != UInt8(ascii: ",") { differences.insert(.separators) }
  }

  /// Returns the next row that is not empty, or nil at the end of the file.
  mutating func next() throws -> Row? {
    while let row = try isCSV ? cells() : line() {
      if !row.spelling.isEmpty { return row }
    }
    return nil
  }

  private mutating func line() throws -> Row? {
    var (row, isEnded) = ([UInt8](), false)
    while let byte = try nextByte() {
      if byte == 0x0A || byte == 0x0D {
        let isCRLF = try byte == 0x0D && take(0x0A)
        if isCRLF || byte == 0x0D { differences.insert(.lineEnds) }
        isEnded = true
        break
      }
      row.append(byte)
      guard row.count < Self.rowLimit else { break }
    }
    guard isEnded || !row.isEmpty else { return nil }
    if !isEnded { differences.insert(.lineEnds) }
    if row.isEmpty { differences.insert(.emptyRows) }
    let prefix = Array(#"{"id":""#.utf8)
    let id = row.starts(with: prefix) ? row.dropFirst(prefix.count).prefix { $0 != Self.quote } : []
    return Row(id: String(decoding: id, as: UTF8.self), spelling: row)
  }

  /// Reads a row of CSV.
  ///
  /// A cell in quotes can contain line ends.
  private mutating func cells() throws -> Row? {
    var (row, isEnded, isCRLF) = ([UInt8](), false, false)
    var (isQuoted, isAtStart) = (false, true)
    while let byte = try nextByte() {
      if !isQuoted, byte == 0x0A || byte == 0x0D {
        isCRLF = try byte == 0x0D && take(0x0A)
        isEnded = true
        break
      }
      row.append(byte)
      if isQuoted {
        // Inside a cell in quotes, two consecutive quotes mean one quote, so the cell does not end there.
        if byte == Self.quote, try !append(Self.quote, to: &row) { isQuoted = false }
      } else if isAtStart, byte == Self.quote {
        isQuoted = true
      }
      isAtStart = !isQuoted && byte == separator
      guard row.count < Self.rowLimit else { break }
    }
    guard isEnded || !row.isEmpty else { return nil }
    if !isCRLF { differences.insert(.lineEnds) }
    var reader = CSVCells(of: row[...], separatedBy: separator)
    let cells = reader.all()
    let spelling = CanonicalRow.bytes(of: cells)
    if spelling.isEmpty {
      differences.insert(.emptyRows)
    } else if separator == UInt8(ascii: ","), Self.trimmed(row) != spelling {
      differences.insert(.quotes)
    }
    return Row(id: String(decoding: cells[0], as: UTF8.self), spelling: spelling)
  }

  /// Returns a row without the commas at its end, and with LF as the end of each line in a cell.
  private static func trimmed(_ row: [UInt8]) -> [UInt8] {
    var trimmed = row
    if row.contains(0x0D) {
      trimmed = row.indices.compactMap { index in
        guard row[index] == 0x0D else { return row[index] }
        return index + 1 < row.count && row[index + 1] == 0x0A ? nil : 0x0A
      }
    }
    while trimmed.last == UInt8(ascii: ",") { trimmed.removeLast() }
    return trimmed
  }

  /// Reads the next byte if the byte has this value, and appends the byte to a row.
  ///
  /// The result is false if the next byte has another value.
  private mutating func append(_ byte: UInt8, to row: inout [UInt8]) throws -> Bool {
    guard try take(byte) else { return false }
    row.append(byte)
    return true
  }

  /// Reads the next byte if the byte has this value.
  ///
  /// The result is false if the next byte has another value.
  private mutating func take(_ byte: UInt8) throws -> Bool {
    guard try fill(), piece[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func nextByte() throws -> UInt8? {
    guard try fill() else { return nil }
    defer { position += 1 }
    return piece[position]
  }

  /// Reads the next bytes of the file if all bytes in memory were used.
  ///
  /// The result is false at the end of the file.
  private mutating func fill() throws -> Bool {
    guard position == piece.count else { return true }
    piece = Array(try file.read(upToCount: Self.pieceSize) ?? Data())
    position = 0
    return !piece.isEmpty
  }
}

extension UInt8 {
  fileprivate var isWordByte: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
