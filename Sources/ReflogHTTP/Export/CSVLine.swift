import ReflogModel

/// Writes lines of CSV (RFC 4180), cell by cell; a cell without a value is empty.
struct CSVLine: ~Copyable {
  /// What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection).
  private static func startsFormula(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D: true
    default: false
    }
  }

  // Computed, since a stored one is looked up by every byte.
  private static var quote: UInt8 { UInt8(ascii: "\"") }
  private static var apostrophe: UInt8 { UInt8(ascii: "'") }

  private(set) var bytes: [UInt8]
  private let style: CSVStyle
  private var isFirst = true

  /// - Parameter bytes: what the line is appended to.
  init(appendedTo bytes: consuming [UInt8], _ style: CSVStyle) {
    self.bytes = bytes
    self.style = style
  }

  private mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
  }

  /// A word of Reflog's own, a number or nothing: never quoted, and no formula.
  mutating func word(_ word: String?) {
    separate()
    if let word { bytes += word.utf8 }
  }

  mutating func number(_ number: Int64?) {
    word(number.map(String.init))
  }

  mutating func time(_ time: Timestamp?) {
    separate()
    if style.isForExcel { time?.writeForSpreadsheet(to: &bytes) } else { time?.write(to: &bytes) }
  }

  /// What somebody else may have written: quoted where it must be, and guarded unless the style is raw.
  mutating func text(_ text: String?) {
    separate()
    guard var text else { return }
    // Byte by byte: a combining mark behind a quote must not hide it.
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

  /// The bytes with the line in them, CRLF included.
  consuming func ended() -> [UInt8] {
    bytes += [0x0D, 0x0A]
    return bytes
  }
}
