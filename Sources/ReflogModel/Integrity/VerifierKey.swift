import Crypto

/// A public Ed25519 key that notes are checked with.
///
/// Its text is the `vkey` of C2SP signed-note, `<name>+<key ID>+<Base 64 of 0x01 and the public key>`.
package struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
  /// The byte that stands for Ed25519 among the kinds of signatures.
  static let signatureType: UInt8 = 0x01
  package static let publicKeyByteCount = 32

  package let identity: KeyIdentity
  package let publicKey: [UInt8]

  package init(name: KeyName, publicKey: [UInt8]) throws(IntegrityError) {
    guard publicKey.count == Self.publicKeyByteCount else {
      throw .malformedVerifierKey(problem: "its public key has \(publicKey.count) bytes instead of 32")
    }
    identity = KeyIdentity(name: name, publicKey: publicKey)
    self.publicKey = publicKey
  }

  /// Reads a `vkey`, and throws where its key ID is not the one that its name and key give.
  package init(_ text: some StringProtocol) throws(IntegrityError) {
    let parts = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let material = [UInt8](base64: Array(parts[2])), let type = material.first else {
      throw .malformedVerifierKey(problem: "it is not a name, a key ID and Base 64, with a plus between them")
    }
    guard type == Self.signatureType else { throw .unsupportedKey(type: type) }
    try self.init(
      name: KeyName(String(decoding: parts[0], as: UTF8.self)),
      publicKey: Array(material.dropFirst())
    )
    guard self.text.utf8.elementsEqual(text.utf8) else {
      throw .keyIDMismatch(stated: String(decoding: parts[1], as: UTF8.self), key: identity)
    }
  }

  package var text: String { "\(identity)+\(([Self.signatureType] + publicKey).base64)" }

  package var description: String { text }

  /// Whether these bytes are this key's signature (RFC 8032) of the message.
  func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
    return key.isValidSignature(signature, for: message)
  }
}
