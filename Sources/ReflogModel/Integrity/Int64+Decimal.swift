extension Int64 {
  /// Reads an ASCII decimal without sign and without leading zeros; fails on anything else, and beyond `Int64.max`.
  init?(plainDecimal digits: some Collection<UInt8>) {
    guard let first = digits.first, digits.allSatisfy(\.isASCIIDigit), first != UInt8(ascii: "0") || digits.count == 1
    else { return nil }
    self.init(String(decoding: digits, as: UTF8.self))
  }
}
