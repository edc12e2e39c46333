import ReflogModel

/// Writes a line of CSV (RFC 4180), cell by cell.
///
/// A cell without a value is empty.
struct CSVLine: ~Copyable {
  /// Returns whether a spreadsheet reads a cell that begins with this byte as a formula (OWASP, CSV Injection).
  private static func startsFormula(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D: true
    default: false
    }
  }

  // Computed, because a stored static is fetched for every byte.
  private static var quote: UInt8 { UInt8(ascii: "\"") }
  private static var apostrophe: UInt8 { UInt8(ascii: "'") }

  private(set) var bytes: [UInt8]
  private let style: CSVStyle
  private var isFirst = true

  /// Begins a line.
  ///
  /// - Parameters:
  ///   - bytes: The bytes to append the line to.
  ///   - style: How cells are written.
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

  /// Appends a text, quoted if RFC 4180 requires it, and guarded against formulas unless the style is raw.
  private mutating func write(_ text: String) {
    var text = text
    // By bytes, not by characters: a combining mark after a quote would hide the quote.
    text.withUTF8 { cell in
      let isGuarded = !style.isRaw && (cell.first.map(Self.startsFormula) ?? false)
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

  /// Ends the line with CRLF and returns all bytes.
  consuming func ended() -> [UInt8] {
    bytes += [0x0D, 0x0A]
    return bytes
  }
}
