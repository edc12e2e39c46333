/// The usual spelling of a row of CSV.
///
/// Another program can read a file of CSV and save it with other quotes, separators and ends of lines, and with more or
/// fewer empty cells. The usual spelling of a row is the same for all these files: cells are separated by commas, a
/// cell has quotes only if RFC 4180 requires them, a line break in a cell is LF, empty cells at the end are left out,
/// and the row has no end of line.
package enum CanonicalRow {
  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")

  /// Returns the usual spelling of a row with these cells.
  package static func bytes(of cells: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, cell) in cells.prefix(cells.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0).enumerated() {
      if index > 0 { bytes.append(comma) }
      append(cell, to: &bytes)
    }
    return bytes
  }

  /// Returns the usual spelling of a row that ``CSV`` wrote.
  ///
  /// In most rows, only the empty cells at the end and the end of the line must be left out. For such a row, the result
  /// is a part of `line` and not a copy.
  ///
  /// - Parameter line: The line, with CRLF at its end.
  package static func bytes(ofWritten line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var row = line.dropLast(2)
    if row.contains(0x0D) {
      var cells = CSVCells(of: row, separatedBy: comma)
      return bytes(of: cells.all())[...]
    }
    while row.last == comma { row = row.dropLast() }
    return row
  }

  private static func append(_ cell: [UInt8], to bytes: inout [UInt8]) {
    guard cell.contains(where: { $0 == quote || $0 == comma || $0 == 0x0A || $0 == 0x0D }) else {
      bytes += cell
      return
    }
    bytes.append(quote)
    for (index, byte) in cell.enumerated() {
      switch byte {
      case quote: bytes += [quote, quote]
      case 0x0D: if index + 1 == cell.count || cell[index + 1] != 0x0A { bytes.append(0x0A) }
      default: bytes.append(byte)
      }
    }
    bytes.append(quote)
  }
}

/// Reads the cells of one row of CSV, with any form of quotes that another program writes.
package struct CSVCells {
  private static let quote = UInt8(ascii: "\"")

  private let row: ArraySlice<UInt8>
  private let separator: UInt8
  private var position: Int

  /// Creates a reader.
  ///
  /// - Parameters:
  ///   - row: The row without the end of its line.
  ///   - separator: The byte between two cells.
  package init(of row: ArraySlice<UInt8>, separatedBy separator: UInt8) {
    (self.row, self.separator) = (row, separator)
    position = row.startIndex
  }

  /// Returns all cells of the row.
  package mutating func all() -> [[UInt8]] {
    var cells = [cell()]
    while position < row.endIndex {
      position += 1
      cells.append(cell())
    }
    return cells
  }

  /// Reads a cell up to the next separator or the end of the row.
  private mutating func cell() -> [UInt8] {
    var bytes: [UInt8] = []
    if position < row.endIndex, row[position] == Self.quote {
      position += 1
      while position < row.endIndex {
        let byte = row[position]
        position += 1
        guard byte == Self.quote else {
          bytes.append(byte)
          continue
        }
        guard position < row.endIndex, row[position] == Self.quote else { break }
        bytes.append(Self.quote)
        position += 1
      }
    }
    while position < row.endIndex, row[position] != separator {
      bytes.append(row[position])
      position += 1
    }
    return bytes
  }
}
