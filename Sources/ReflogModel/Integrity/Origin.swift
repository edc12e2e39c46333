/// The name of a log, the first line of its checkpoints (C2SP tlog-checkpoint).
///
/// Origins are compared by their bytes: two that only look the same are not the same.
package struct Origin: Hashable, Sendable, CustomStringConvertible {
  /// What a cosignature's one length byte can say (C2SP tlog-cosignature).
  package static let maximumByteCount = 255

  private let utf8: [UInt8]

  /// The origin of somebody's log: any line that is not empty, for no more may be taken for granted.
  init(line: String) throws(IntegrityError) {
    guard !line.isEmpty, !line.utf8.contains(where: { $0 < 0x20 }) else { throw .malformedOrigin(line) }
    utf8 = Array(line.utf8)
  }

  /// The origin of a log of Reflog's own: a URL without its scheme, such as `audit.contoso.example/b2c-userflows`.
  ///
  /// Throws unless it is at most ``maximumByteCount`` letters, digits, `-._~:` and `/`, beginning with a letter or digit,
  /// without empty parts between its slashes.
  package init(_ text: some StringProtocol) throws(IntegrityError) {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard text.utf8.count <= Self.maximumByteCount, let first = text.utf8.first,
      first.isASCIILetter || first.isASCIIDigit,
      parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isUnreserved || $0 == UInt8(ascii: ":") } })
    else { throw .malformedOrigin(String(text)) }
    utf8 = Array(text.utf8)
  }

  /// The origin of the log whose key has this name; the two are the same, as C2SP tlog-checkpoint advises.
  package init(_ name: KeyName) {
    utf8 = Array(name.text.utf8)
  }

  package var text: String { String(decoding: utf8, as: UTF8.self) }

  /// The name of the log's key, the same. Throws where somebody's log is called as no key can be.
  package func keyName() throws(IntegrityError) -> KeyName {
    try KeyName(text)
  }

  package var description: String { text }
}
