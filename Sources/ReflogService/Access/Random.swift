import ReflogModel

/// Secrets that nobody guesses.
enum Random {
  /// 256 random bits in hexadecimal.
  static func token() -> String { (0..<32).map { _ in UInt8.random(in: .min ... .max) }.hexadecimal }
}
