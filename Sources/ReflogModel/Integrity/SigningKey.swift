import Crypto

/// A private Ed25519 key that signs notes. Nothing but ``secretText`` shows it.
package struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
  package static let seedByteCount = 32
  private static let prefix = "PRIVATE+KEY+"

  package let verifierKey: VerifierKey
  private let privateKey: Curve25519.Signing.PrivateKey

  /// The key that these 32 bytes give (RFC 8032 §5.1.5). They must be random, and kept secret.
  package init(name: KeyName, seed: [UInt8]) throws(IntegrityError) {
    guard let privateKey = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
      throw .malformedSigningKey(problem: "its seed has \(seed.count) bytes instead of \(Self.seedByteCount)")
    }
    self.privateKey = privateKey
    verifierKey = try VerifierKey(name: name, publicKey: Array(privateKey.publicKey.rawRepresentation))
  }

  /// A new key of 256 bits from a generator, which must be one fit for keys.
  package init(name: KeyName, using generator: inout some RandomNumberGenerator) throws(IntegrityError) {
    var seed: [UInt8] = []
    for _ in 0..<Self.seedByteCount { seed.append(UInt8.random(in: .min ... .max, using: &generator)) }
    try self.init(name: name, seed: seed)
  }

  /// Reads ``secretText``, and throws where its key ID is not the one that its name and key give.
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

  /// The secret, in the form of Go's `golang.org/x/mod/sumdb/note`:
  /// `PRIVATE+KEY+<name>+<key ID>+<Base 64 of 0x01 and the seed>`.
  package var secretText: String {
    let material = [VerifierKey.signatureType] + Array(privateKey.rawRepresentation)
    return "\(Self.prefix)\(verifierKey.identity)+\(material.base64)"
  }

  package var description: String { "the signing key of \(verifierKey)" }
  package var customMirror: Mirror { Mirror(self, children: ["verifierKey": verifierKey]) }

  /// The signature of a message (RFC 8032), 64 bytes.
  func signature(of message: [UInt8]) throws(IntegrityError) -> [UInt8] {
    do {
      return Array(try privateKey.signature(for: message))
    } catch {
      throw .signingFailed(key: verifierKey.identity)
    }
  }
}
