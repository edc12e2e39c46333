extension StringProtocol {
  /// Returns the text with every `%XX` decoded.
  ///
  /// Returns nil if a `%` has no two hexadecimal digits after it, or if the result is not UTF-8.
  ///
  /// - Parameter plusIsSpace: Whether `+` means a space. In the query of a URL, `+` means a space.
  package func percentDecoded(plusIsSpace: Bool) -> String? {
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

  /// Returns the text with its bytes percent-encoded as `%XX`.
  ///
  /// Unreserved characters (RFC 3986 §2.3) and the characters in `kept` are not encoded.
  package func percentEncoded(keeping kept: String = "") -> String {
    utf8.map { byte in
      byte.isUnreserved || kept.utf8.contains(byte)
        ? String(UnicodeScalar(byte)) : (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}

extension UInt8 {
  /// Whether the byte is an unreserved character in a URL (RFC 3986 §2.3).
  package var isUnreserved: Bool {
    isASCIILetter || isASCIIDigit || "-._~".utf8.contains(self)
  }
}
