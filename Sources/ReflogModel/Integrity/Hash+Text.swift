extension Hash: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  package var hexadecimal: String { bytes.hexadecimal }

  /// Base 64 as checkpoints and proofs contain it, 44 characters (RFC 4648 §4).
  package var base64: String { bytes.base64 }

  /// The hash in hexadecimal.
  package var description: String { hexadecimal }

  /// Reads 64 hexadecimal digits in either case.
  ///
  /// Returns nil for any other text.
  package init?(hexadecimal text: some StringProtocol) {
    guard let bytes = [UInt8](hexadecimal: Array(text.utf8)) else { return nil }
    self.init(bytes: bytes)
  }

  /// Reads Base 64 in the form of ``base64``.
  ///
  /// Returns nil for any other text.
  package init?(base64 text: some StringProtocol) {
    guard let bytes = [UInt8](base64: Array(text.utf8)) else { return nil }
    self.init(bytes: bytes)
  }
}
