extension SignedNote {
  /// Reads a note from its bytes.
  ///
  /// The ``bytes`` of the created note equal the given bytes. The text ends at the last blank line, so the text can
  /// contain other blank lines.
  ///
  /// - Throws: ``IntegrityError`` for any other content.
  package init(parsing bytes: [UInt8]) throws(IntegrityError) {
    guard bytes.count <= Self.maximumByteCount else { throw Self.isTooLong }
    guard !bytes.contains(where: Self.isForbidden) else { throw Self.holdsControlCharacter }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw .malformedNote(problem: "it is not valid UTF-8")
    }
    guard bytes.last == UInt8(ascii: "\n") else { throw .malformedNote(problem: "it does not end with a newline") }
    guard let blankLine = Self.lastBlankLine(bytes) else {
      throw .malformedNote(problem: "there is no blank line between its text and its signatures")
    }
    let lines = bytes[(blankLine + 1)...].dropLast()
      .split(separator: UInt8(ascii: "\n"), maxSplits: Self.maximumSignatureCount, omittingEmptySubsequences: false)
    guard lines.count <= Self.maximumSignatureCount else { throw Self.hasTooManySignatures }
    var signatures: [Signature] = []
    for line in lines { signatures.append(try Signature(line: String(decoding: line, as: UTF8.self))) }
    try self.init(text: String(decoding: bytes[..<blankLine], as: UTF8.self), signatures: signatures)
  }

  /// Returns the position of the last blank line, or nil if there is no blank line.
  ///
  /// A blank line is a newline that follows directly after another newline.
  private static func lastBlankLine(_ bytes: [UInt8]) -> Int? {
    bytes.indices.dropFirst().last { bytes[$0] == UInt8(ascii: "\n") && bytes[$0 - 1] == UInt8(ascii: "\n") }
  }
}
