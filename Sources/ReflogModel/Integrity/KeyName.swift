/// The name of a key that signs notes (C2SP signed-note). A log's key is named as the log is.
///
/// Names are compared by their bytes: two that only look the same are not the same.
package struct KeyName: Hashable, Sendable, CustomStringConvertible {
  private let utf8: [UInt8]

  /// Throws where the name is empty, or holds Unicode white space, a plus or a control character.
  package init(_ text: some StringProtocol) throws(IntegrityError) {
    let isSound = text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 }
    guard isSound, !text.isEmpty else { throw .malformedKeyName(String(text)) }
    utf8 = Array(text.utf8)
  }

  package var text: String { String(decoding: utf8, as: UTF8.self) }

  package var description: String { text }
}
