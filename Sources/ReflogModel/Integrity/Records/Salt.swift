/// Sixteen random bytes in a record.
///
/// Without them, a reader could guess the record's content and confirm the guess by its hash. They are stored
/// inline, without an allocation.
package struct Salt: Hashable, Sendable {
  /// The number of bytes.
  package static let byteCount = 16

  /// The bytes in their order, on every machine.
  private let words: SIMD2<UInt64>

  /// Creates a salt from 16 bytes, or returns nil if there are more or fewer.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    var words = SIMD2<UInt64>()
    Swift.withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
    self.words = words
  }

  /// Creates a salt from memory that contains its 16 bytes, or returns nil if there are more or fewer.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.byteCount else { return nil }
    words = bytes.loadUnaligned(as: SIMD2<UInt64>.self)
  }

  /// Creates a new salt from a generator.
  package init(using generator: inout some RandomNumberGenerator) {
    words = SIMD2(generator.next(), generator.next())
  }

  /// The 16 bytes.
  package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  /// Calls `body` with the 16 bytes in place.
  ///
  /// They are valid until `body` returns.
  package func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    Swift.withUnsafeBytes(of: words, body)
  }
}
