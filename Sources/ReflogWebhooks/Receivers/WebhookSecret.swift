import Crypto
import ReflogModel

/// A secret that only Reflog and a receiver know. It signs messages, so that the receiver knows who sent them.
///
/// The signature follows the specification Standard Webhooks 1.0: HMAC-SHA256 over the message's id, the time and the
/// body.
struct WebhookSecret: Sendable {
  /// The prefix of a secret's text.
  static let prefix = "whsec_"
  /// The permitted lengths of a secret in bytes (Standard Webhooks, "Signing and verification").
  static let byteCounts = 24...64

  private let key: SymmetricKey

  /// Reads a secret such as `whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw`. The result is nil if the text is not valid.
  init?(_ text: String) {
    guard text.hasPrefix(Self.prefix) else { return nil }
    // Only the standard form of Base 64 is accepted, because the programs of receivers accept no other form.
    guard let bytes = [UInt8](base64: Array(text.utf8.dropFirst(Self.prefix.utf8.count))),
      Self.byteCounts.contains(bytes.count)
    else { return nil }
    key = SymmetricKey(data: bytes)
  }

  /// Returns the value of the header `webhook-signature`.
  ///
  /// - Parameters:
  ///   - id: The id of the message.
  ///   - seconds: The time of the attempt in seconds since 1970.
  ///   - body: The bytes of the body.
  func signature(id: String, seconds: Int64, body: [UInt8]) -> String {
    let code = HMAC<SHA256>.authenticationCode(for: Array("\(id).\(seconds).".utf8) + body, using: key)
    return "v1," + Array(code).base64
  }
}
