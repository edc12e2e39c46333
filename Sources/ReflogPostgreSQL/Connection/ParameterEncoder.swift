#if PostgreSQL
import CLibpq

extension PostgreSQLConnection {
  /// The value of a placeholder `$n`, with its type in PostgreSQL.
  package enum Parameter: Sendable {
    /// NULL of any type.
    case null
    /// A value of the type `bigint`.
    case integer(Int64)
    /// A value of the type `text`.
    case text(String)
    /// A value of the type `bytea`.
    case bytes([UInt8])
    /// A value of the type `bigint[]`.
    case integers([Int64?])
    /// A value of the type `text[]`.
    case texts([String?])
    /// A value of the type `bytea[]`.
    case byteStrings([[UInt8]?])
    /// A value of the type `boolean[]`.
    case booleans([Bool?])
  }
}

/// Encodes parameters in PostgreSQL's binary form; the memory of the encoder is used again for the next statement.
final class ParameterEncoder {
  private var bytes: [UInt8] = []
  /// The position in ``bytes`` at which each value begins, or nil for NULL.
  private var starts: [Int?] = []
  private var lengths: [Int32] = []
  private var types: [Oid] = []
  private var formats: [Int32] = []

  /// Calls `body` with the arguments that libpq's functions expect; the arguments are valid until `body` returns.
  func withEncoded<Value>(
    _ parameters: [PostgreSQLConnection.Parameter],
    _ body: (Int32, [Oid], [UnsafePointer<CChar>?], [Int32], [Int32]) -> Value
  ) -> Value {
    // The array begins with an unused byte, because the memory of an empty array could have no address. In that case,
    // libpq would send NULL.
    bytes.removeAll(keepingCapacity: true)
    bytes.append(0)
    starts.removeAll(keepingCapacity: true)
    lengths.removeAll(keepingCapacity: true)
    types.removeAll(keepingCapacity: true)
    for parameter in parameters { append(parameter) }
    while formats.count < parameters.count { formats.append(1) }
    return bytes.withUnsafeBytes { memory in
      let values = starts.map { start in
        start.flatMap { memory.baseAddress?.advanced(by: $0).assumingMemoryBound(to: CChar.self) }
      }
      return body(Int32(parameters.count), types, values, lengths, formats)
    }
  }

  private func append(_ parameter: PostgreSQLConnection.Parameter) {
    let start = bytes.count
    switch parameter {
    case .null:
      starts.append(nil)
      lengths.append(0)
      types.append(0)
      return
    case .integer(let number):
      append(number)
      types.append(Self.bigint.type)
    case .text(let text):
      bytes.append(contentsOf: text.utf8)
      types.append(Self.text.type)
    case .bytes(let value):
      bytes.append(contentsOf: value)
      types.append(Self.bytea.type)
    case .integers(let values): append(values, Self.bigint) { append($0) }
    case .texts(let values): append(values, Self.text) { bytes.append(contentsOf: $0.utf8) }
    case .byteStrings(let values): append(values, Self.bytea) { bytes.append(contentsOf: $0) }
    case .booleans(let values): append(values, Self.boolean) { bytes.append($0 ? 1 : 0) }
    }
    starts.append(start)
    lengths.append(Int32(clamping: bytes.count - start))
  }

  /// Appends an array with one dimension.
  ///
  /// The binary form begins with the number of dimensions, a flag for NULL values, the type of the values, the number
  /// of values, and the first index. After that, the length of each value and the value itself are written. The length
  /// of NULL is -1.
  private func append<Value>(_ values: [Value?], _ type: (type: Oid, array: Oid), _ encode: (Value) -> Void) {
    types.append(type.array)
    append(Int32(values.isEmpty ? 0 : 1))
    append(Int32(values.contains { $0 == nil } ? 1 : 0))
    append(Int32(bitPattern: type.type))
    guard !values.isEmpty else { return }
    append(Int32(clamping: values.count))
    append(Int32(1))
    for value in values {
      append(Int32(-1))
      guard let value else { continue }
      let start = bytes.count
      encode(value)
      withUnsafeBytes(of: Int32(clamping: bytes.count - start).bigEndian) { length in
        bytes.replaceSubrange(start - 4..<start, with: length)
      }
    }
  }

  private func append<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// The numbers of PostgreSQL's types and array types, from PostgreSQL's file `src/include/catalog/pg_type.dat`.
  private static let boolean: (type: Oid, array: Oid) = (16, 1000)
  private static let bytea: (type: Oid, array: Oid) = (17, 1001)
  private static let bigint: (type: Oid, array: Oid) = (20, 1016)
  private static let text: (type: Oid, array: Oid) = (25, 1009)
}
#endif
