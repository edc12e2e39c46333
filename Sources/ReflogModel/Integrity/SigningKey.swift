import Crypto

/// A private Ed25519 key that signs notes.
///
/// Only ``secretText`` shows it.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
  /// The number of bytes of a seed.
  package static let seedByteCount = 32
  private static let prefix = "PRIVATE+KEY+"

  /// The public key.
  package let verifierKey: VerifierKey
  private let privateKey: Curve25519.Signing.PrivateKey

  /// Creates the key of these 32 bytes, which must be random and secret (RFC 8032 §5.1.5).
  package init(name: KeyName, seed: [UInt8]) throws(IntegrityError) {
    guard let privateKey = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
      throw .malformedSigningKey(problem: "its seed has \(seed.count) bytes instead of \(Self.seedByteCount)")
    }
    self.privateKey = privateKey
    verifierKey = try VerifierKey(name: name, publicKey: Array(privateKey.publicKey.rawRepresentation))
  }

  /// Creates a new key of 256 bits from a generator, which must be fit for keys.
  package init(name: KeyName, using generator: inout some RandomNumberGenerator) throws(IntegrityError) {
    var seed: [UInt8] = []
    for _ in 0..<Self.seedByteCount { seed.append(UInt8.random(in: .min ... .max, using: &generator)) }
    try self.init(name: name, seed: seed)
  }

  /// Reads ``secretText``.
  ///
  /// - Throws: ``IntegrityError/keyIDMismatch(stated:key:)`` if its key ID does not belong to its name and key, and
  ///   other errors if it is not valid.
  package init(secretText text: some StringProtocol) throws(IntegrityError) {
    let parts = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 5, text.utf8.starts(with: Self.prefix.utf8), let material = [UInt8](base64: Array(parts[4])),
      let type = material.first
    else {
      throw .malformedSigningKey(
        problem: "it is not PRIVATE, KEY, a name, a key ID and Base 64, with a plus between them"
      )
    }
    guard type == VerifierKey.signatureType else { throw .unsupportedKey(type: type) }
    try self.init(name: KeyName(String(decoding: parts[2], as: UTF8.self)), seed: Array(material.dropFirst()))
    guard secretText.utf8.elementsEqual(text.utf8) else {
      throw .keyIDMismatch(stated: String(decoding: parts[3], as: UTF8.self), key: verifierKey.identity)
    }
  }

  /// The secret, in the form of Go's `golang.org/x/mod/sumdb/note`.
  ///
  /// The form is `PRIVATE+KEY+<name>+<key ID>+<Base 64 of 0x01 and the seed>`.
  package var secretText: String {
    let material = [VerifierKey.signatureType] + Array(privateKey.rawRepresentation)
    return "\(Self.prefix)\(verifierKey.identity)+\(material.base64)"
  }

  /// A text that names the public key and does not contain the secret.
  package var description: String { "the signing key of \(verifierKey)" }
  /// The parts that a dump shows: only the public key.
  package var customMirror: Mirror { Mirror(self, children: ["verifierKey": verifierKey]) }

  /// Returns the 64 bytes of the signature of a message (RFC 8032).
  func signature(of message: [UInt8]) throws(IntegrityError) -> [UInt8] {
    do {
      return Array(try privateKey.signature(for: message))
    } catch {
      throw .signingFailed(key: verifierKey.identity)
    }
  }
}
