import ReflogStorage

/// The id of a request in its column: a GUID in its usual lower-case form as 16 bytes, anything else as the text that it is.
enum RequestIDColumn {
  static func value(of text: String?) -> SQLValue {
    guard let text else { return .null }
    return bytes(ofGUID: text).map { .blob($0) } ?? .text(text)
  }

  /// Whether the text stands as 16 bytes.
  static func isGUID(_ text: String) -> Bool { bytes(ofGUID: text) != nil }

  /// Where a hyphen stands before a byte of a GUID (RFC 9562 §4).
  private static func isHyphenated(_ index: Int) -> Bool { index == 4 || index == 6 || index == 8 || index == 10 }

  fileprivate static func bytes(ofGUID text: String) -> [UInt8]? {
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

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? value + UInt8(ascii: "0") : value - 10 + UInt8(ascii: "a")
  }

  /// The text of a GUID in sixteen bytes; of any other number of bytes nothing.
  static func guid(_ bytes: UnsafeRawBufferPointer) -> String? {
    guard bytes.count == 16 else { return nil }
    return String(unsafeUninitializedCapacity: 36) { characters in
      var position = 0
      for index in 0..<16 {
        if isHyphenated(index) {
          characters[position] = UInt8(ascii: "-")
          position += 1
        }
        characters[position] = digit(bytes[index] >> 4)
        characters[position + 1] = digit(bytes[index] & 15)
        position += 2
      }
      return 36
    }
  }
}

extension Statement {
  /// Binds the id of a request as it stands in its column.
  func bind(_ index: Int32, requestID text: String?) {
    guard let text else { return bind(index, nil as String?) }
    if let bytes = RequestIDColumn.bytes(ofGUID: text) {
      bytes.withUnsafeBytes { bind(index, $0) }
    } else {
      bind(index, text)
    }
  }
}
