extension StringProtocol {
  /// The text with every `%XX` decoded, or nothing where one is broken or the result is no UTF-8.
  ///
  /// - Parameter plusIsSpace: as in the query of a URL.
  func percentDecoded(plusIsSpace: Bool) -> String? {
    var output: [UInt8] = []
    var bytes = Array(utf8)[...]
    while let byte = bytes.popFirst() {
      switch byte {
      case UInt8(ascii: "%"):
        guard bytes.count >= 2, let decoded = UInt8(hexadecimal: bytes.prefix(2)) else { return nil }
        bytes = bytes.dropFirst(2)
        output.append(decoded)
      case UInt8(ascii: "+") where plusIsSpace: output.append(UInt8(ascii: " "))
      default: output.append(byte)
      }
    }
    return String(validating: output, as: UTF8.self)
  }
}
