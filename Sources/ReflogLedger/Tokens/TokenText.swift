import Crypto
import ReflogModel

/// The text of an API token: `reflog_<id>_<secret>`, with an id of 16 and a secret of 64 hexadecimal digits.
///
/// The prefix lets secret scanners find leaked tokens.
struct TokenText {
  let id: String
  private let secret: String

  /// Creates a new token with a secret of 256 random bits.
  init(using generator: inout some RandomNumberGenerator) {
    id = Self.randomHexadecimal(bytes: 8, &generator)
    secret = Self.randomHexadecimal(bytes: 32, &generator)
  }

  /// Parses the text of a token, or returns nil if the text does not have this form.
  init?(_ text: String) {
    var text = text
    let parts = text.withUTF8 { bytes -> (id: String, secret: String)? in
      let parts = bytes.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
      guard parts.count == 3, parts[0].elementsEqual("reflog".utf8), parts[1].count == 16, parts[2].count == 64 else {
        return nil
      }
      return (String(decoding: parts[1], as: UTF8.self), String(decoding: parts[2], as: UTF8.self))
    }
    guard let parts else { return nil }
    (id, secret) = parts
  }

  /// The full text of the token, which a client sends as its credential.
  var text: String { "reflog_\(id)_\(secret)" }

  /// The hash of the secret, which is stored in place of the secret.
  ///
  /// A secret of 256 random bits can't be guessed, so a hash without a salt is enough.
  var secretHash: SHA256.Digest { SHA256.hash(data: Array(secret.utf8)) }

  private static func randomHexadecimal(bytes: Int, _ generator: inout some RandomNumberGenerator) -> String {
    (0..<bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }.hexadecimal
  }
}
