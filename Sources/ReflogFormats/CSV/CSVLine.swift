import ReflogModel

/// Writes a line of CSV (RFC 4180), cell by cell.
///
/// A cell without a value is empty.
package struct CSVLine: ~Copyable {
  /// Returns whether a spreadsheet could run the text in this cell as a formula.
  ///
  /// The first character of the cell decides.
  ///
  /// The list of characters is from OWASP (CSV Injection) and ASVS 1.2.10: `=`, `+`, `-`, `@`, tab, CR, LF and NUL. The
  /// semicolon is added, because it separates cells in many countries. The full-width forms of the first four
  /// characters (U+FF1D, U+FF0B, U+FF0D, U+FF20) are added, because spreadsheets in some languages read them like the
  /// usual forms.
  private static func startsFormula(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    switch cell.first {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: ";"): true
    case 0x09, 0x0A, 0x0D, 0x00: true
    case 0xEF where cell.count > 2 && cell[1] == 0xBC: [0x9D, 0x8B, 0x8D, 0xA0].contains(cell[2])
    default: false
    }
  }

  // `quote` is read for every byte. The property is computed, because a stored static property is slower to read.
  private static var quote: UInt8 { UInt8(ascii: "\"") }
  private static var apostrophe: UInt8 { UInt8(ascii: "'") }

  private(set) var bytes: [UInt8]
  private let style: CSVStyle
  private var isFirst = true

  /// Begins a line.
  ///
  /// - Parameters:
  ///   - bytes: The bytes to append the line to.
  ///   - style: The style of the cells.
  init(appendedTo bytes: consuming [UInt8], _ style: CSVStyle) {
    self.bytes = bytes
    self.style = style
  }

  /// Appends a cell.
  mutating func write(_ value: FilterValue) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    switch value {
    case .text(let text): write(text)
    case .number(let number): bytes += String(number).utf8
    case .time(let time): if style.isForExcel { time.writeForSpreadsheet(to: &bytes) } else { time.write(to: &bytes) }
    case .flag(let flag): bytes += String(flag).utf8
    case .null: break
    }
  }

  /// Appends a text.
  ///
  /// The text is quoted if RFC 4180 requires quotes. If the text starts like a formula and the style is not raw, the
  /// cell starts with an apostrophe, so that a spreadsheet does not run the formula.
  private mutating func write(_ text: String) {
    var text = text
    // The text is checked byte by byte, because in Swift, a quote and a combining mark after the quote are one
    // character. A check by characters would not find such a quote.
    text.withUTF8 { cell in
      let isGuarded = !style.isRaw && Self.startsFormula(cell)
      let mustQuote = cell.contains { byte in
        byte == Self.quote || byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
      }
      guard mustQuote else {
        if isGuarded { bytes.append(Self.apostrophe) }
        bytes += cell
        return
      }
      bytes.append(Self.quote)
      if isGuarded { bytes.append(Self.apostrophe) }
      for byte in cell {
        if byte == Self.quote { bytes.append(Self.quote) }
        bytes.append(byte)
      }
      bytes.append(Self.quote)
    }
  }

  /// Returns a line in the default style, with one cell for each text.
  ///
  /// An empty text becomes an empty cell.
  package static func bytes(_ cells: [String]) -> [UInt8] {
    var line = CSVLine(appendedTo: [], CSVStyle())
    for cell in cells { line.write(cell.isEmpty ? .null : .text(cell)) }
    return line.ended()
  }

  /// Ends the line with CRLF and returns all bytes.
  consuming func ended() -> [UInt8] {
    bytes += [0x0D, 0x0A]
    return bytes
  }
}
