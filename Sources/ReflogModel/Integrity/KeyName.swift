/// The name of a key that signs notes (C2SP signed-note).
///
/// The key of a log has the same name as the log. Names are compared byte by byte. So two names are different if their
/// bytes differ, even if the names look equal on the screen.
package struct KeyName: Hashable, Sendable, CustomStringConvertible {
  private let utf8: [UInt8]

  /// Creates a name.
  ///
  /// - Throws: ``IntegrityError/malformedKeyName(_:)`` if the name is empty or contains Unicode white space, a plus or
  ///   a control character.
  package init(_ text: some StringProtocol) throws(IntegrityError) {
    let isSound = text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 }
    guard isSound, !text.isEmpty else { throw .malformedKeyName(String(text)) }
    utf8 = Array(text.utf8)
  }

  /// The name as text.
  package var text: String { String(decoding: utf8, as: UTF8.self) }

  /// The name as text.
  package var description: String { text }
}
