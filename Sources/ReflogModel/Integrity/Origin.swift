/// The name of a log, the first line of its checkpoints (C2SP tlog-checkpoint).
///
/// Origins are compared by their bytes, so origins that only appear the same differ.
package struct Origin: Hashable, Sendable, CustomStringConvertible {
  /// The most bytes: the length byte of a cosignature can't express more (C2SP tlog-cosignature).
  package static let maximumByteCount = 255

  private let utf8: [UInt8]

  /// Creates the origin of any log: a line that is not empty, because the format requires no more.
  init(line: String) throws(IntegrityError) {
    guard !line.isEmpty, !line.utf8.contains(where: { $0 < 0x20 }) else { throw .malformedOrigin(line) }
    utf8 = Array(line.utf8)
  }

  /// Creates the origin of a log of Reflog: a URL without its scheme, such as `audit.contoso.example/b2c-userflows`.
  ///
  /// It has at most ``maximumByteCount`` letters, digits, `-._~:` and `/`, begins with a letter or digit, and has no
  /// empty part between slashes.
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

  /// Creates the origin of the log whose key has this name.
  ///
  /// A log and its key have the same name, as C2SP tlog-checkpoint recommends.
  package init(_ name: KeyName) {
    utf8 = Array(name.text.utf8)
  }

  /// The name as text.
  package var text: String { String(decoding: utf8, as: UTF8.self) }

  /// Returns the name of the log's key, which is also the name of the log.
  ///
  /// - Throws: ``IntegrityError/malformedKeyName(_:)`` if a log of another program has a name that no key can have.
  package func keyName() throws(IntegrityError) -> KeyName {
    try KeyName(text)
  }

  /// The name as text.
  package var description: String { text }
}
