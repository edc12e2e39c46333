extension SignedNote {
  /// One signature in a note.
  ///
  /// The key that made the signature is possibly unknown to the reader.
  package struct Signature: Hashable, Sendable {
    private static let lineStart = "— "

    /// The key that made the signature, according to the note.
    package let key: KeyIdentity
    /// The bytes of the signature.
    ///
    /// The form of these bytes depends on the kind of the key. An Ed25519 signature has the 64 bytes that RFC 8032
    /// defines.
    package let bytes: [UInt8]

    /// Signs a message with a key.
    init(of message: [UInt8], by key: SigningKey) throws(IntegrityError) {
      self.key = key.verifierKey.identity
      bytes = try key.signature(of: message)
    }

    /// Reads a signature from its line, without the newline.
    ///
    /// The line consists of an em dash, a space, the key's name, a space, and one text in Base 64. The text contains
    /// the key ID followed by the signature.
    package init(line: String) throws(IntegrityError) {
      guard line.utf8.starts(with: Self.lineStart.utf8) else {
        throw .malformedNote(problem: "a signature's line does not begin with an em dash and a space")
      }
      let parts = line.utf8.dropFirst(Self.lineStart.utf8.count)
        .split(separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let content = [UInt8](base64: Array(parts[1])), content.count > 4 else {
        throw .malformedNote(problem: "a signature's line does not end with the Base 64 of a key ID and a signature")
      }
      let name = try KeyName(String(decoding: parts[0], as: UTF8.self))
      key = KeyIdentity(name: name, number: KeyIdentity.number(of: content))
      bytes = Array(content.dropFirst(4))
    }

    /// The line of the signature, with its newline.
    package var line: String { "\(Self.lineStart)\(key.name) \((key.numberBytes + bytes).base64)\n" }
  }
}
