extension SignedNote {
  /// One signature of a note, by a key that need not be known.
  package struct Signature: Hashable, Sendable {
    private static let lineStart = "— "

    package let key: KeyIdentity
    /// What the key's kind says they are; for Ed25519 the 64 bytes of RFC 8032.
    package let bytes: [UInt8]

    init(of message: [UInt8], by key: SigningKey) throws(IntegrityError) {
      self.key = key.verifierKey.identity
      bytes = try key.signature(of: message)
    }

    /// Reads a line without its newline: an em dash, a space, the key's name, a space, and the Base 64 of the key ID and
    /// the signature.
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

    /// The signature's line, with its newline.
    package var line: String { "\(Self.lineStart)\(key.name) \((key.numberBytes + bytes).base64)\n" }
  }
}
