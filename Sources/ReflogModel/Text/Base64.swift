import FoundationEssentials

extension [UInt8] {
  /// The bytes in Base 64, with padding and without line breaks (RFC 4648 §4).
  package var base64: String { Data(self).base64EncodedString() }

  /// Reads Base 64 in exactly the form that ``base64`` returns.
  ///
  /// Returns nil for other forms, so each value has exactly one accepted text.
  package init?(base64 text: [UInt8]) {
    guard let data = Data(base64Encoded: Data(text)), data.base64EncodedData().elementsEqual(text) else { return nil }
    self = Array(data)
  }

  /// The bytes in Base 64 for URLs and cookies, without padding (RFC 4648 §5).
  package var base64URL: String {
    base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// Reads Base 64 for URLs, without padding.
  ///
  /// Returns nil if the text is not valid.
  package init?(base64URL text: some StringProtocol) {
    guard text.utf8.allSatisfy({ $0.isASCIILetter || $0.isASCIIDigit || "-_".utf8.contains($0) }) else { return nil }
    let base64 = String(text).replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: base64 + padding) else { return nil }
    self = Array(data)
  }
}
