import FoundationEssentials

/// Functions for GUIDs as text.
///
/// The usual form has 32 lower-case hexadecimal digits and four hyphens (RFC 9562 §4).
package enum GUID {
  /// Returns a new random GUID of version 4 (RFC 9562 §5.4).
  ///
  /// `UUID()` would open `/dev/urandom` for each GUID. The generator makes two system calls.
  package static func random() -> String {
    var generator = SystemRandomNumberGenerator()
    let high = generator.next() & ~0xF000 | 0x4000
    let low = generator.next() & ~(0b11 << 62) | 0b10 << 62
    return withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { usualForm(of: $0) }
  }

  /// Returns a GUID in its usual form, or nil if the text is not a GUID.
  ///
  /// The digits in `text` can be in upper or lower case.
  package static func normalized(_ text: String) -> String? {
    text.utf8.count == 36 ? UUID(uuidString: text)?.uuidString.lowercased() : nil
  }

  /// Returns the 16 bytes of a GUID, or nil if the text is not a GUID in its usual form.
  package static func bytes(of text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8 { characters -> [UInt8]? in
      guard characters.count == 36 else { return nil }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(16)
      var position = 0
      for index in 0..<16 {
        if isHyphenated(index) {
          guard characters[position] == UInt8(ascii: "-") else { return nil }
          position += 1
        }
        guard let high = value(characters[position]), let low = value(characters[position + 1]) else { return nil }
        bytes.append(high << 4 | low)
        position += 2
      }
      return bytes
    }
  }

  /// Returns the usual form of the GUID that has these 16 bytes, or nil if there are more or fewer bytes.
  package static func text(of bytes: UnsafeRawBufferPointer) -> String? {
    bytes.count == 16 ? usualForm(of: bytes) : nil
  }

  /// Returns the usual form of the GUID that has these 16 bytes.
  private static func usualForm(of bytes: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: 36) { characters in
      var position = 0
      for index in 0..<16 {
        if isHyphenated(index) {
          characters[position] = UInt8(ascii: "-")
          position += 1
        }
        characters[position] = UInt8(hexadecimalDigit: bytes[index] >> 4)
        characters[position + 1] = UInt8(hexadecimalDigit: bytes[index] & 15)
        position += 2
      }
      return 36
    }
  }

  /// Returns whether the usual form of a GUID has a hyphen in front of the byte with this index.
  private static func isHyphenated(_ index: Int) -> Bool { index == 4 || index == 6 || index == 8 || index == 10 }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
