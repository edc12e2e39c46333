/// Sixteen random bytes in a record, so that nobody can guess from a hash what was hashed.
///
/// They lie in place, without memory of their own.
package struct Salt: Hashable, Sendable {
  package static let byteCount = 16

  /// The bytes in their order, on every machine.
  private let words: SIMD2<UInt64>

  /// Fails unless there are exactly 16 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var words = SIMD2<UInt64>()
    Swift.withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    self.words = words
  }

  /// The same from memory that holds them; fails unless there are exactly 16.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.byteCount else { return nil }
    words = bytes.loadUnaligned(as: SIMD2<UInt64>.self)
  }

  package init(using generator: inout some RandomNumberGenerator) {
    words = SIMD2(generator.next(), generator.next())
  }

  package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  /// Shows the 16 bytes where they lie, for as long as `body` runs.
  package func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    Swift.withUnsafeBytes(of: words, body)
  }
}
