/// A sequence of bytes to which text can be appended.
protocol ByteOutput: ~Copyable {
  mutating func append(_ byte: UInt8)
  mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>)
}

extension [UInt8]: ByteOutput {}

extension ByteOutput where Self: ~Copyable {
  /// Appends a text that is known at compile time and is ASCII.
  mutating func append(ascii text: StaticString) {
    append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }
}
