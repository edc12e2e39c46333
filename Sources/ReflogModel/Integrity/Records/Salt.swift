/// Sixteen random bytes in a record.
///
/// The hash of a deleted record is kept. Without a salt, a reader could guess the deleted content and confirm the guess
/// with the hash. The bytes are stored inline, without an allocation.
package struct Salt: Hashable, Sendable {
  /// The number of bytes.
  package static let byteCount = 16

  /// The bytes of the salt, in the same order in memory on every machine.
  private let words: SIMD2<UInt64>

  /// Creates a salt from memory that contains the 16 bytes, or returns nil if the memory has more or fewer bytes.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.byteCount else { return nil }
    words = bytes.loadUnaligned(as: SIMD2<UInt64>.self)
  }

  /// Creates a new salt from a generator of random numbers.
  package init(using generator: inout some RandomNumberGenerator) {
    words = SIMD2(generator.next(), generator.next())
  }

  /// The 16 bytes.
  package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  /// Calls `body` with a pointer to the 16 bytes, without copying them.
  ///
  /// The pointer is valid until `body` returns.
  package func withUnsafeBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    Swift.withUnsafeBytes(of: words, body)
  }
}
