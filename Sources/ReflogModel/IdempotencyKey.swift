/// What a client called a request, so that a repeat of it is not a second change.
package struct IdempotencyKey: Hashable, Sendable {
  /// SHA-256 of actor, method, path and the client's key: the same key of another actor, or for another path, is another.
  package let keyHash: [UInt8]
  /// SHA-256 of the body.
  package let bodyHash: [UInt8]

  package init(keyHash: [UInt8], bodyHash: [UInt8]) {
    self.keyHash = keyHash
    self.bodyHash = bodyHash
  }

  /// How long a key is kept.
  package static let lifetime = Duration.seconds(24 * 3600)
}
