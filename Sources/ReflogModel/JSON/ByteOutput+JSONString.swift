extension ByteOutput where Self: ~Copyable {
  /// Appends a text as a JSON string.
  ///
  /// The function escapes only the characters that must be escaped according to RFC 8259 §7. RFC 8785 §3.2.2.2 defines
  /// the form of the escapes.
  mutating func append(jsonString text: String) {
    append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { characters in
      // Few texts need an escape. A text without an escape is appended in one call, because one call is faster than one
      // call for each byte.
      guard characters.contains(where: Self.needsEscape) else { return append(contentsOf: characters) }
      for byte in characters {
        if Self.needsEscape(byte) { append(escaped: byte) } else { append(byte) }
      }
    }
    append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func append(escaped byte: UInt8) {
    switch byte {
    case 0x08: append(ascii: "\\b")
    case 0x09: append(ascii: "\\t")
    case 0x0A: append(ascii: "\\n")
    case 0x0C: append(ascii: "\\f")
    case 0x0D: append(ascii: "\\r")
    case 0..<0x20:
      append(ascii: "\\u00")
      append(hexadecimal: byte)
    default:
      append(UInt8(ascii: "\\"))
      append(byte)
    }
  }
}
