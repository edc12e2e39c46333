/// Identifies a client's request, so Reflog can recognize when the client repeats the request.
///
/// Reflog does not make the change of a repeated request a second time.
package struct IdempotencyKey: Hashable, Sendable {
  /// The SHA-256 of four values: the actor, the method, the path, and the key that the client sent.
  ///
  /// If another actor sends the same key, or the same actor sends the key to another path, the hash is different.
  package let keyHash: [UInt8]
  /// The SHA-256 of the request's body.
  ///
  /// The hash shows whether a repeated request has the same content as the first request.
  package let bodyHash: [UInt8]

  /// Creates a key.
  package init(keyHash: [UInt8], bodyHash: [UInt8]) {
    self.keyHash = keyHash
    self.bodyHash = bodyHash
  }

  /// How long the ledger keeps a key: 24 hours.
  package static let lifetime = Duration.seconds(24 * 3600)
}
