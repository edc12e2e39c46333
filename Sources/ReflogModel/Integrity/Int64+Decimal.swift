extension Int64 {
  /// Reads an ASCII decimal number without sign or leading zeros.
  ///
  /// Returns nil for any other text. Also returns nil for numbers above `Int64.max`.
  init?(plainDecimal digits: some Collection<UInt8>) {
    guard let first = digits.first, digits.allSatisfy(\.isASCIIDigit), first != UInt8(ascii: "0") || digits.count == 1
    else { return nil }
    self.init(String(decoding: digits, as: UTF8.self))
  }
}

extension ByteOutput where Self: ~Copyable {
  /// Appends a number in decimal.
  mutating func append(decimal value: Int64) {
    if value < 0 { append(UInt8(ascii: "-")) }
    append(decimal: value.magnitude)
  }

  private mutating func append(decimal value: UInt64) {
    if value > 9 { append(decimal: value / 10) }
    append(UInt8(ascii: "0") + UInt8(value % 10))
  }
}
