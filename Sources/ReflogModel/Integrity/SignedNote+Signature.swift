extension SignedNote {
  /// One signature of a note.
  ///
  /// Its key may be unknown to the reader.
  package struct Signature: Hashable, Sendable {
    private static let lineStart = "— "

    /// The key that made the signature, according to the note.
    package let key: KeyIdentity
    /// The bytes of the signature, in the form of its kind of key.
    ///
    /// For Ed25519 they are the 64 bytes of RFC 8032.
    package let bytes: [UInt8]

    /// Signs a message with a key.
    init(of message: [UInt8], by key: SigningKey) throws(IntegrityError) {
      self.key = key.verifierKey.identity
      bytes = try key.signature(of: message)
    }

    /// Reads a line without its newline.
    ///
    /// It is an em dash, a space, the key's name, a space, and the Base 64 of key ID and signature.
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
