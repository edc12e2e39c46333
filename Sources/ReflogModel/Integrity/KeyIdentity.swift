/// Identifies a key that signs notes, by a name and a number.
///
/// The number is computed from the name, the kind and the public key. A reader uses the number to find the key. The
/// number is short, so two keys can have the same number.
package struct KeyIdentity: Hashable, Sendable, CustomStringConvertible {
  /// The name of the key.
  package let name: KeyName
  /// The key ID that C2SP signed-note defines.
  package let number: UInt32

  /// Creates an identity.
  package init(name: KeyName, number: UInt32) {
    self.name = name
    self.number = number
  }

  /// Creates the identity of an Ed25519 key.
  ///
  /// The number is `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)[:4]` (C2SP signed-note).
  init(name: KeyName, publicKey: [UInt8]) {
    let material = Array(name.text.utf8) + [0x0A, VerifierKey.signatureType] + publicKey
    self.init(name: name, number: Self.number(of: Hash(of: material).bytes))
  }

  /// Returns the first four bytes as a number.
  ///
  /// The highest byte is first.
  static func number(of bytes: some Sequence<UInt8>) -> UInt32 {
    bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The number as four bytes.
  ///
  /// The highest byte is first.
  var numberBytes: [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  /// The identity as text: the name, a plus sign, and the number as eight hexadecimal digits.
  package var description: String { "\(name)+\(numberBytes.hexadecimal)" }
}
