extension Hash: CustomStringConvertible {
  /// Sixty-four small hexadecimal digits.
  package var hexadecimal: String { bytes.hexadecimal }

  /// Base 64 as checkpoints and proofs write it (RFC 4648 §4), 44 signs.
  package var base64: String { bytes.base64 }

  package var description: String { hexadecimal }

  /// Reads 64 hexadecimal digits, small or capital.
  package init?(hexadecimal text: some StringProtocol) {
    guard let bytes = [UInt8](hexadecimal: Array(text.utf8)) else { return nil }
    self.init(bytes: bytes)
  }

  /// Reads Base 64 as ``base64`` writes it, and nothing else.
  package init?(base64 text: some StringProtocol) {
    guard let bytes = [UInt8](base64: Array(text.utf8)) else { return nil }
    self.init(bytes: bytes)
  }
}
