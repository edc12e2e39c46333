extension Hash: CustomStringConvertible {
  /// The hash as 64 lower-case hexadecimal digits.
  package var hexadecimal: String { bytes.hexadecimal }

  /// The hash as 44 characters in Base 64 (RFC 4648 §4).
  ///
  /// Checkpoints and proofs use this form.
  package var base64: String { bytes.base64 }

  /// The hash in hexadecimal.
  package var description: String { hexadecimal }

  /// Reads a hash from 64 hexadecimal digits.
  ///
  /// The digits can be in upper or lower case. Returns nil for any other text.
  package init?(hexadecimal text: some StringProtocol) {
    guard let bytes = [UInt8](hexadecimal: Array(text.utf8)) else { return nil }
    self.init(bytes: bytes)
  }

  /// Reads a hash in Base 64, in the form that ``base64`` returns.
  ///
  /// Returns nil for any other text.
  package init?(base64 text: some StringProtocol) {
    guard let bytes = [UInt8](base64: Array(text.utf8)) else { return nil }
    self.init(bytes: bytes)
  }
}
