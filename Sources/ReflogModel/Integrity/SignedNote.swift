/// A text and its signatures (C2SP signed-note).
///
/// Trust the text only after ``verify(with:)`` has returned without an error.
package struct SignedNote: Sendable {
  /// The maximum length of a note in bytes.
  ///
  /// This length is enough for a text and more than a hundred ML-DSA-44 signatures. No other kind of signature is
  /// longer.
  package static let maximumByteCount = 1_000_000
  /// The maximum number of signatures in a note.
  ///
  /// The format requires that every reader accepts 16 signatures. Go's `sumdb/note` accepts 100.
  package static let maximumSignatureCount = 100

  /// The text, which ends with a newline.
  package let text: String
  /// The signatures of the text.
  ///
  /// A note has at least one signature.
  package let signatures: [Signature]

  /// Creates a note from a text and the signatures of this text.
  ///
  /// - Throws: ``IntegrityError/malformedNote(problem:)`` if the note is not valid. Readers would refuse such a note.
  package init(text: String, signatures: [Signature]) throws(IntegrityError) {
    guard text.utf8.last == UInt8(ascii: "\n") else {
      throw .malformedNote(problem: "its text does not end with a newline")
    }
    guard !text.utf8.contains(where: Self.isForbidden) else { throw Self.holdsControlCharacter }
    guard !signatures.isEmpty else { throw .malformedNote(problem: "it has no signature") }
    guard signatures.count <= Self.maximumSignatureCount else { throw Self.hasTooManySignatures }
    self.text = text
    self.signatures = signatures
    guard bytes.count <= Self.maximumByteCount else { throw Self.isTooLong }
  }

  /// Creates a note by signing a text with each of these keys.
  ///
  /// The text must end with a newline.
  package init(text: String, signedBy keys: [SigningKey]) throws(IntegrityError) {
    var signatures: [Signature] = []
    for key in keys { signatures.append(try Signature(of: Array(text.utf8), by: key)) }
    try self.init(text: text, signatures: signatures)
  }

  /// The whole note: the text, a blank line, and one line for each signature.
  package var bytes: [UInt8] {
    Array(text.utf8) + [UInt8(ascii: "\n")] + signatures.flatMap { $0.line.utf8 }
  }

  static func isForbidden(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != UInt8(ascii: "\n")
  }

  static let holdsControlCharacter = IntegrityError.malformedNote(problem: "it contains a control character")
  static let hasTooManySignatures = IntegrityError.malformedNote(
    problem: "it has more than \(maximumSignatureCount) signatures"
  )
  static let isTooLong = IntegrityError.malformedNote(problem: "it has more than \(maximumByteCount) bytes")
}
