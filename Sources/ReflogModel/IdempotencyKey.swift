/// Identifies a client's request, so that a repeat of the request makes no second change.
package struct IdempotencyKey: Hashable, Sendable {
  /// The SHA-256 of actor, method, path and the client's key.
  ///
  /// The same key of another actor, or for another path, has another hash.
  package let keyHash: [UInt8]
  /// The SHA-256 of the request's body.
  package let bodyHash: [UInt8]

  /// Creates a key.
  package init(keyHash: [UInt8], bodyHash: [UInt8]) {
    self.keyHash = keyHash
    self.bodyHash = bodyHash
  }

  /// How long the ledger keeps a key: 24 hours.
  package static let lifetime = Duration.seconds(24 * 3600)
}
