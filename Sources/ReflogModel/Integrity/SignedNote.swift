/// A text and the signatures of it (C2SP signed-note). Nothing in it is to be believed until ``verify(with:)`` returns.
package struct SignedNote: Sendable {
  /// Room for more than a hundred of the longest signatures known, ML-DSA-44's, and a text.
  package static let maximumByteCount = 1_000_000
  /// Everyone must take 16; Go's `sumdb/note` takes as many as this.
  package static let maximumSignatureCount = 100

  /// Ends with a newline.
  package let text: String
  /// At least one.
  package let signatures: [Signature]

  /// Puts signatures to a text; throws where no reader would take what that gives.
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

  /// Signs a text, which ends with a newline, with every one of these keys.
  package init(text: String, signedBy keys: [SigningKey]) throws(IntegrityError) {
    var signatures: [Signature] = []
    for key in keys { signatures.append(try Signature(of: Array(text.utf8), by: key)) }
    try self.init(text: text, signatures: signatures)
  }

  /// The whole note: the text, a blank line, and a line for each signature.
  package var bytes: [UInt8] {
    Array(text.utf8) + [UInt8(ascii: "\n")] + signatures.flatMap { $0.line.utf8 }
  }

  static func isForbidden(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != UInt8(ascii: "\n")
  }

  static let holdsControlCharacter = IntegrityError.malformedNote(problem: "it holds a control character")
  static let hasTooManySignatures = IntegrityError.malformedNote(
    problem: "it has more than \(maximumSignatureCount) signatures"
  )
  static let isTooLong = IntegrityError.malformedNote(problem: "it has more than \(maximumByteCount) bytes")
}
