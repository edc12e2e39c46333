import Crypto

/// A public Ed25519 key that verifies notes.
///
/// The text of the key is a `vkey`: `<name>+<key ID>+<Base 64 of 0x01 and the public key>`. C2SP signed-note defines
/// this form.
package struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
  /// The byte that identifies Ed25519 among the kinds of signatures.
  static let signatureType: UInt8 = 0x01
  /// The number of bytes in a public key.
  package static let publicKeyByteCount = 32

  /// The name and the key ID.
  package let identity: KeyIdentity
  /// The 32 bytes of the public key (RFC 8032).
  package let publicKey: [UInt8]

  /// Creates a key.
  ///
  /// - Throws: ``IntegrityError/malformedVerifierKey(problem:)`` if the public key does not have exactly 32 bytes.
  package init(name: KeyName, publicKey: [UInt8]) throws(IntegrityError) {
    guard publicKey.count == Self.publicKeyByteCount else {
      throw .malformedVerifierKey(problem: "its public key has \(publicKey.count) bytes instead of 32")
    }
    identity = KeyIdentity(name: name, publicKey: publicKey)
    self.publicKey = publicKey
  }

  /// Reads a `vkey`.
  ///
  /// - Throws: ``IntegrityError/keyIDMismatch(stated:key:)`` if the key ID in the text does not belong to the name and
  ///   the key. The error is another ``IntegrityError`` if the text is not valid.
  package init(_ text: some StringProtocol) throws(IntegrityError) {
    let parts = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let material = [UInt8](base64: Array(parts[2])), let type = material.first else {
      throw .malformedVerifierKey(problem: "it does not have the form name+id+base64")
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

  /// The key as a `vkey`.
  package var text: String { "\(identity)+\(([Self.signatureType] + publicKey).base64)" }

  /// The key as a `vkey`.
  package var description: String { text }

  /// Returns whether these bytes are a valid signature of the message by this key (RFC 8032).
  func isSignature(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return false }
    return key.isValidSignature(signature, for: message)
  }
}
