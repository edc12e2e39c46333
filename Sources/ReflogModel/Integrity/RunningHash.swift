import Crypto

/// Computes the SHA-256 of bytes that arrive in several parts.
package struct RunningHash: Sendable {
  private var state = SHA256()

  /// Creates the hash of no bytes.
  package init() {}

  /// Adds bytes at the end.
  package mutating func add(_ bytes: [UInt8]) { state.update(data: bytes) }

  /// Returns the SHA-256 of all bytes that were added.
  package func hash() -> Hash { Hash(state.finalize()) }
}
