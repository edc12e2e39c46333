import Crypto

/// A SHA-256 value.
///
/// Its 32 bytes lie in place, without memory of their own, so that millions of hashes cost no more than their bytes.
package struct Hash: Hashable, Sendable {
  package static let byteCount = 32

  /// Not SIMD4: memory that lives across an `await` is aligned to 16 bytes and no more, and what wants 32 is written beyond its end.
  private struct Words: Hashable {
    var (first, second, third, fourth) = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
  }

  /// The bytes in their order, on every machine.
  private let words: Words

  /// Fails unless there are exactly 32 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var words = Words()
    withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    self.words = words
  }

  /// The same from memory that holds them; fails unless there are exactly 32.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.byteCount else { return nil }
    words = bytes.loadUnaligned(as: Words.self)
  }

  /// The SHA-256 of these bytes.
  package init(of bytes: [UInt8]) {
    self.init(SHA256.hash(data: bytes))
  }

  init(_ digest: SHA256.Digest) {
    words = digest.withUnsafeBytes { $0.loadUnaligned(as: Words.self) }
  }

  init(_ code: HMAC<SHA256>.MAC) {
    words = code.withUnsafeBytes { $0.loadUnaligned(as: Words.self) }
  }

  /// 32 zero bytes.
  package static let zero = Hash()

  private init() { words = Words() }

  /// The SHA-256 of this and another, one behind the other.
  package func followed(by other: Hash) -> Hash {
    var digest = SHA256()
    withUnsafeBytes { digest.update(bufferPointer: $0) }
    other.withUnsafeBytes { digest.update(bufferPointer: $0) }
    return Hash(digest.finalize())
  }

  package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  /// Shows the 32 bytes where they lie, for as long as `body` runs.
  package func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    Swift.withUnsafeBytes(of: words, body)
  }
}
