extension [UInt8] {
  /// The bytes as text, with two lower-case hexadecimal digits for each byte.
  package var hexadecimal: String {
    var digits: [UInt8] = []
    digits.reserveCapacity(2 * count)
    for byte in self { digits.append(hexadecimal: byte) }
    return String(decoding: digits, as: UTF8.self)
  }

  /// Reads bytes from text with two hexadecimal digits for each byte.
  ///
  /// The digits can be in upper or lower case. Returns nil for any other text.
  init?(hexadecimal digits: [UInt8]) {
    guard digits.count.isMultiple(of: 2) else { return nil }
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(hexadecimal: digits[$0..<$0 + 2]) }
    guard bytes.count == digits.count / 2 else { return nil }
    self = bytes
  }
}

extension ByteOutput where Self: ~Copyable {
  /// Appends a byte as two lower-case hexadecimal digits.
  mutating func append(hexadecimal byte: UInt8) {
    append(UInt8(hexadecimalDigit: byte >> 4))
    append(UInt8(hexadecimalDigit: byte & 15))
  }
}

extension UInt8 {
  /// Reads a byte from hexadecimal digits.
  ///
  /// The digits can be in upper or lower case. Returns nil if the text is not a hexadecimal number below 256.
  package init?(hexadecimal digits: some Collection<UInt8>) {
    guard digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }) else { return nil }
    self.init(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  /// Creates the lower-case hexadecimal digit for a value from 0 to 15.
  init(hexadecimalDigit value: UInt8) {
    self = value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
