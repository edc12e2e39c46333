import Crypto

/// A SHA-256 value.
///
/// The 32 bytes are stored inline, so a hash needs no allocation. Millions of hashes in memory need only 32 bytes each.
package struct Hash: Hashable, Sendable {
  /// The number of bytes.
  package static let byteCount = 32

  /// The 32 bytes as four numbers of 8 bytes.
  ///
  /// Do not use a `SIMD4` here. A `SIMD4` needs memory that is aligned to 32 bytes, but memory that is used across an
  /// `await` is aligned to 16 bytes only. A `SIMD4` in that memory would be written past the end of the allocation.
  private struct Words: Hashable {
    var (first, second, third, fourth) = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
  }

  /// The bytes of the hash, in the same order in memory on every machine.
  private let words: Words

  /// Creates a hash from 32 bytes, or returns nil if there are more or fewer bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var words = Words()
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    self.words = words
  }

  /// Creates a hash from memory that contains the 32 bytes, or returns nil if the memory has more or fewer bytes.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.byteCount else { return nil }
    words = bytes.loadUnaligned(as: Words.self)
  }

  /// Creates the SHA-256 of these bytes.
  package init(of bytes: [UInt8]) {
    self.init(SHA256.hash(data: bytes))
  }

  /// Creates the hash from the result of a SHA-256 calculation.
  init(_ digest: SHA256.Digest) {
    words = digest.withUnsafeBytes { $0.loadUnaligned(as: Words.self) }
  }

  /// The 32 bytes.
  package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  /// Calls `body` with a pointer to the 32 bytes, without copying them.
  ///
  /// The pointer is valid until `body` returns.
  package func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    Swift.withUnsafeBytes(of: words, body)
  }
}
