/// The name of a log.
///
/// The origin is the first line of the log's checkpoints (C2SP tlog-checkpoint). Origins are compared byte by byte. So
/// two origins are different if their bytes differ, even if they look equal on the screen.
package struct Origin: Hashable, Sendable, CustomStringConvertible {
  /// The maximum length in bytes.
  ///
  /// A cosignature stores the length in one byte (C2SP tlog-cosignature), so a longer origin is not possible.
  package static let maximumByteCount = 255

  private let utf8: [UInt8]

  /// Creates an origin from the first line of any log's checkpoint.
  ///
  /// The format requires only that the line is not empty and contains no control character.
  init(line: String) throws(IntegrityError) {
    guard !line.isEmpty, !line.utf8.contains(where: { $0 < 0x20 }) else { throw .malformedOrigin(line) }
    utf8 = Array(line.utf8)
  }

  /// Creates the origin of one of Reflog's own logs, such as `audit.contoso.example/b2c-userflows`.
  ///
  /// The text is a URL without its scheme. The text has at most ``maximumByteCount`` characters: letters, digits and
  /// `-._~:/`. The text begins with a letter or a digit, and every part between slashes has at least one character.
  ///
  /// - Throws: ``IntegrityError/malformedOrigin(_:)`` for any other text.
  package init(_ text: some StringProtocol) throws(IntegrityError) {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard text.utf8.count <= Self.maximumByteCount, let first = text.utf8.first,
      first.isASCIILetter || first.isASCIIDigit,
      parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isUnreserved || $0 == UInt8(ascii: ":") } })
    else { throw .malformedOrigin(String(text)) }
    utf8 = Array(text.utf8)
  }

  /// The name as text.
  package var text: String { String(decoding: utf8, as: UTF8.self) }

  /// Returns the name of the log's key, which is also the name of the log.
  ///
  /// - Throws: ``IntegrityError/malformedKeyName(_:)`` if the origin is not a valid name of a key. Only logs of other
  ///   programs can have such an origin. The origin of a log of Reflog is always a valid name of a key.
  package func keyName() throws(IntegrityError) -> KeyName {
    try KeyName(text)
  }

  /// The name as text.
  package var description: String { text }
}
