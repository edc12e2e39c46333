import ReflogModel

/// Creates secrets that can't be guessed.
enum Random {
  /// Returns 256 random bits in hexadecimal.
  static func token() -> String { (0..<32).map { _ in UInt8.random(in: .min ... .max) }.hexadecimal }
}
