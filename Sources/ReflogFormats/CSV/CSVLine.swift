import ReflogModel

/// Writes a line of CSV (RFC 4180), cell by cell.
///
/// A cell without a value is empty.
struct CSVLine: ~Copyable {
  /// Returns the length of a sign with which a formula may begin, or 0 if the bytes begin with no such sign.
  ///
  /// The signs are those of OWASP (CSV Injection): `=`, `+`, `-`, `@`, tab, CR, LF, and the full-width forms of the first
  /// four (U+FF1D, U+FF0B, U+FF0D, U+FF20), which spreadsheets in some languages treat in the same way.
  private static func formulaSign(_ cell: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
    switch cell[index] {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D: return 1
    case 0xEF where index + 2 < cell.count && cell[index + 1] == 0xBC:
      return [0x9D, 0x8B, 0x8D, 0xA0].contains(cell[index + 2]) ? 3 : 0
    default: return 0
    }
  }

  /// Returns whether a spreadsheet may begin a new cell behind this byte of a text.
  ///
  /// In many countries spreadsheets separate cells by semicolons. Such a program does not see the quotes of a cell in the
  /// middle of a line, so a line break or a tab in the cell also begins a new cell.
  private static func separates(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ";"), 0x09, 0x0A, 0x0D: true
    default: false
    }
  }

  // This property is read for every byte, so it is computed. A stored static property would be slower to read.
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
  /// The text is quoted if RFC 4180 requires quotes. If the style is not raw, an apostrophe is written in front of every
  /// sign with which a spreadsheet could begin to read a formula, and U+FFFD is written in place of NUL.
  private mutating func write(_ text: String) {
    var text = text
    // The text is checked byte by byte. In Swift, a quote and the combining mark after the quote are one character, so
    // a check by characters would not find that quote.
    text.withUTF8 { cell in
      let isPlain = cell.allSatisfy { byte in
        byte != Self.quote && byte != UInt8(ascii: ",") && byte >= 0x20 && byte != UInt8(ascii: ";") && byte != 0xEF
      }
      if isPlain {
        if !style.isRaw, !cell.isEmpty, Self.formulaSign(cell, 0) > 0 { bytes.append(Self.apostrophe) }
        bytes += cell
        return
      }
      let mustQuote = cell.contains { byte in
        byte == Self.quote || byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
      }
      if mustQuote { bytes.append(Self.quote) }
      if style.isRaw { writeQuoted(cell) } else { writeGuarded(cell) }
      if mustQuote { bytes.append(Self.quote) }
    }
  }

  private mutating func writeQuoted(_ cell: UnsafeBufferPointer<UInt8>) {
    for byte in cell {
      if byte == Self.quote { bytes.append(Self.quote) }
      bytes.append(byte)
    }
  }

  private mutating func writeGuarded(_ cell: UnsafeBufferPointer<UInt8>) {
    // True at the start of the cell, and behind a separator and the quotes that follow the separator.
    var mayBegin = true
    for index in cell.indices {
      let byte = cell[index]
      let isSeparator = Self.separates(byte)
      // A separator inside the cell needs no apostrophe, because the next sign gets one.
      if mayBegin, !isSeparator || index == 0, Self.formulaSign(cell, index) > 0 { bytes.append(Self.apostrophe) }
      mayBegin = isSeparator || (mayBegin && byte == Self.quote)
      if byte == Self.quote { bytes.append(Self.quote) }
      if byte == 0 { bytes += [0xEF, 0xBF, 0xBD] } else { bytes.append(byte) }
    }
  }

  /// Ends the line with CRLF and returns all bytes.
  consuming func ended() -> [UInt8] {
    bytes += [0x0D, 0x0A]
    return bytes
  }
}
