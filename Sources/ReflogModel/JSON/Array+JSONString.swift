extension [UInt8] {
  /// Appends a text as a JSON string. Escapes what RFC 8259 §7 demands, as RFC 8785 §3.2.2.2 spells it, and nothing else.
  mutating func append(jsonString text: String) {
    append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { characters in
      var written = 0
      for (index, byte) in characters.enumerated() where Self.needsEscape(byte) {
        append(contentsOf: characters[written..<index])
        append(escaped: byte)
        written = index + 1
      }
      append(contentsOf: characters[written...])
    }
    append(UInt8(ascii: "\""))
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private mutating func append(escaped byte: UInt8) {
    switch byte {
    case 0x08: self += "\\b".utf8
    case 0x09: self += "\\t".utf8
    case 0x0A: self += "\\n".utf8
    case 0x0C: self += "\\f".utf8
    case 0x0D: self += "\\r".utf8
    case 0..<0x20:
      self += "\\u00".utf8
      append(hexadecimal: byte)
    default: self += [UInt8(ascii: "\\"), byte]
    }
  }
}
