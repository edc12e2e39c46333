/// The checksum of the ZIP format (CRC-32, ISO 3309).
struct CRC32 {
  /// The number of tables.
  ///
  /// Each step adds eight bytes to the checksum, and each of the eight bytes needs a table.
  private static let stride = 8

  /// The effect of each byte on the checksum, for each of the eight positions in a step.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 256 * stride)
    for byte in 0..<256 {
      var value = UInt32(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
      tables[byte] = value
    }
    for index in 256..<(256 * stride) {
      let previous = tables[index - 256]
      tables[index] = (previous >> 8) ^ tables[Int(previous & 0xFF)]
    }
    return tables
  }()

  private var state: UInt32 = 0xFFFF_FFFF

  /// The checksum of all bytes that were added.
  var value: UInt32 { state ^ 0xFFFF_FFFF }

  /// Adds bytes at the end.
  mutating func add(_ bytes: [UInt8]) {
    var state = state
    Self.tables.withUnsafeBufferPointer { tables in
      bytes.withUnsafeBytes { bytes in
        var position = 0
        while bytes.count - position >= Self.stride {
          let next = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
          let word = next ^ UInt64(state)
          state = 0
          for step in 0..<Self.stride {
            let byte = Int((word >> UInt64(8 * step)) & 0xFF)
            state ^= tables[(Self.stride - 1 - step) * 256 + byte]
          }
          position += Self.stride
        }
        while position < bytes.count {
          state = (state >> 8) ^ tables[Int((state ^ UInt32(bytes[position])) & 0xFF)]
          position += 1
        }
      }
    }
    self.state = state
  }
}
