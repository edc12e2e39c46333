/// The reason why bytes that another program wrote can't be read as text.
package enum TextEncodingError: Error, Equatable, CustomStringConvertible {
  /// The bytes are text in UTF-16, as some programs on Windows write it.
  case utf16
  /// The bytes are text in UTF-32.
  case utf32
  /// The bytes are neither UTF-8 nor another known encoding.
  case notUTF8

  /// The problem and the remedy, as a clause without a full stop.
  package var description: String {
    switch self {
    case .utf16: "it is UTF-16 text; save it as UTF-8"
    case .utf32: "it is UTF-32 text; save it as UTF-8"
    case .notUTF8: "it is not UTF-8 text"
    }
  }
}

/// Reads text that was written by people or by other programs.
///
/// Programs on Windows put a byte order mark in front of a text, end lines with CR LF, and sometimes write UTF-16.
package enum TextEncoding {
  /// The byte order mark of UTF-8.
  package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Returns the bytes. If they begin with the byte order mark of UTF-8, the mark is left out.
  ///
  /// The function does not check the other bytes.
  ///
  /// - Throws: ``TextEncodingError`` if the first bytes show that the text is in UTF-16 or UTF-32.
  package static func withoutByteOrderMark(
    _ bytes: some Collection<UInt8>
  ) throws(TextEncodingError) -> [UInt8] {
    let bytes = Array(bytes)
    if bytes.starts(with: byteOrderMark) { return Array(bytes[3...]) }
    if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) { throw .utf32 }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { throw .utf16 }
    // Some texts in UTF-16 have no byte order mark. They usually begin with an ASCII character, and one of the two
    // bytes of that character is zero.
    if bytes.count >= 2, (bytes[0] == 0) != (bytes[1] == 0) { throw .utf16 }
    return bytes
  }

  /// Returns the bytes of a text with a line feed in place of each CR LF.
  package static func withLineFeeds(_ bytes: [UInt8]) -> [UInt8] {
    bytes.indices.filter { position in
      let isBeforeNewline = position + 1 < bytes.count && bytes[position + 1] == 0x0A
      return bytes[position] != 0x0D || !isBeforeNewline
    }.map { bytes[$0] }
  }

  /// Returns the text without a byte order mark, and with a line feed at the end of each line.
  package static func text(_ bytes: some Collection<UInt8>) throws(TextEncodingError) -> String {
    guard let text = String(validating: try withoutByteOrderMark(bytes), as: UTF8.self) else { throw .notUTF8 }
    return text.replacing("\r\n", with: "\n")
  }

  /// Returns a value from a person or from a file, without a byte order mark and without line breaks at its ends.
  ///
  /// A shell that reads a Windows file with `$(cat FILE)` leaves a carriage return at the end of the value.
  package static func value(_ text: String) -> String {
    var scalars = text.unicodeScalars[...]
    if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
    while let last = scalars.last, last == "\r" || last == "\n" { scalars.removeLast() }
    return String(scalars)
  }
}
