import Crypto

/// A SHA-256 value.
///
/// Its 32 bytes lie in place, without memory of their own, so that millions of hashes cost no more than their bytes.
package struct Hash: Hashable, Sendable {
  package static let byteCount = 32

  /// The bytes in their order, on every machine.
  private let words: SIMD4<UInt64>

  /// Fails unless there are exactly 32 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var words = SIMD4<UInt64>()
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    self.words = words
  }

  /// The same from memory that holds them; fails unless there are exactly 32.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.byteCount else { return nil }
    words = bytes.loadUnaligned(as: SIMD4<UInt64>.self)
  }

  /// The SHA-256 of these bytes.
  package init(of bytes: [UInt8]) {
    self.init(SHA256.hash(data: bytes))
  }

  init(_ digest: SHA256.Digest) {
    words = digest.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
  }

  package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  /// Shows the 32 bytes where they lie, for as long as `body` runs.
  package func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    Swift.withUnsafeBytes(of: words, body)
  }
}
