import Crypto

/// A private Ed25519 key that signs notes.
///
/// Only ``secretText`` shows the secret.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
  /// The number of bytes in a seed.
  package static let seedByteCount = 32
  private static let prefix = "PRIVATE+KEY+"

  /// The public key that belongs to the private key.
  package let verifierKey: VerifierKey
  private let privateKey: Curve25519.Signing.PrivateKey

  /// Creates a key from a seed of 32 bytes (RFC 8032 §5.1.5).
  ///
  /// The seed must be random and secret.
  package init(name: KeyName, seed: [UInt8]) throws(IntegrityError) {
    guard let privateKey = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
      throw .malformedSigningKey(problem: "its seed has \(seed.count) bytes instead of \(Self.seedByteCount)")
    }
    self.privateKey = privateKey
    verifierKey = try VerifierKey(name: name, publicKey: Array(privateKey.publicKey.rawRepresentation))
  }

  /// Creates a new key of 256 bits from a generator of random numbers.
  ///
  /// The generator must be cryptographically secure.
  package init(name: KeyName, using generator: inout some RandomNumberGenerator) throws(IntegrityError) {
    var seed: [UInt8] = []
    for _ in 0..<Self.seedByteCount { seed.append(UInt8.random(in: .min ... .max, using: &generator)) }
    try self.init(name: name, seed: seed)
  }

  /// Reads a key from text in the form of ``secretText``.
  ///
  /// - Throws: ``IntegrityError/keyIDMismatch(stated:key:)`` if the key ID in the text does not belong to the name and
  ///   the key. The error is another ``IntegrityError`` if the text is not valid.
  package init(secretText text: some StringProtocol) throws(IntegrityError) {
    let parts = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 4, omittingEmptySubsequences: false)
    guard parts.count == 5, text.utf8.starts(with: Self.prefix.utf8), let material = [UInt8](base64: Array(parts[4])),
      let type = material.first
    else {
      throw .malformedSigningKey(
        problem: "it does not have the form PRIVATE+KEY+name+id+base64"
      )
    }
    guard type == VerifierKey.signatureType else { throw .unsupportedKey(type: type) }
    try self.init(name: KeyName(String(decoding: parts[2], as: UTF8.self)), seed: Array(material.dropFirst()))
    guard secretText.utf8.elementsEqual(text.utf8) else {
      throw .keyIDMismatch(stated: String(decoding: parts[3], as: UTF8.self), key: verifierKey.identity)
    }
  }

  /// The private key as text.
  ///
  /// Keep this text secret. The form is `PRIVATE+KEY+<name>+<key ID>+<Base 64 of 0x01 and the seed>`. Go's package
  /// `golang.org/x/mod/sumdb/note` defines this form.
  package var secretText: String {
    let material = [VerifierKey.signatureType] + Array(privateKey.rawRepresentation)
    return "\(Self.prefix)\(verifierKey.identity)+\(material.base64)"
  }

  /// A text that contains the public key and does not contain the secret.
  package var description: String { "the signing key of \(verifierKey)" }
  /// The parts that a dump shows.
  ///
  /// Only the public key is shown, so the secret can't appear in a log.
  package var customMirror: Mirror { Mirror(self, children: ["verifierKey": verifierKey]) }

  /// Returns the signature of a message, 64 bytes (RFC 8032).
  func signature(of message: [UInt8]) throws(IntegrityError) -> [UInt8] {
    do {
      return Array(try privateKey.signature(for: message))
    } catch {
      throw .signingFailed(key: verifierKey.identity)
    }
  }
}
