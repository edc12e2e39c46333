/// Sixteen random bytes in a record, so that nobody can guess from a hash what was hashed.
package struct Salt: Hashable, Sendable {
  package static let byteCount = 16

  package let bytes: [UInt8]

  /// Fails unless there are exactly 16 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    self.bytes = Array(bytes)
  }

  package init(using generator: inout some RandomNumberGenerator) {
    bytes = (0..<Self.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// As records hold it.
  var json: JSONValue { .string(bytes.hexadecimal) }
}
