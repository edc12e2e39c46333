extension [UInt8] {
  /// Appends a text as a JSON string, with what RFC 8785 §3.2.2.2 says escaped, and nothing else.
  mutating func append(canonical text: String) {
    append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { bytes in
      // Hardly any text needs an escape.
      guard bytes.contains(where: Self.needsEscape) else { return append(contentsOf: bytes) }
      for byte in bytes { append(character: byte) }
    }
    append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func append(character byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): self += [UInt8(ascii: "\\"), byte]
    case 0x08: self += "\\b".utf8
    case 0x09: self += "\\t".utf8
    case 0x0A: self += "\\n".utf8
    case 0x0C: self += "\\f".utf8
    case 0x0D: self += "\\r".utf8
    case 0..<0x20:
      self += "\\u00".utf8
      append(hexadecimal: byte)
    default: append(byte)
    }
  }

  /// Appends two small hexadecimal digits.
  mutating func append(hexadecimal byte: UInt8) {
    append(Self.digit(byte >> 4))
    append(Self.digit(byte & 15))
  }

  /// The small hexadecimal digit of a value below 16.
  static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
