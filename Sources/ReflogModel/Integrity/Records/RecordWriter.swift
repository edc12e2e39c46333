/// Writes a record as canonical JSON (RFC 8785), member by member.
///
/// The writer does not build a ``JSONValue``, because a verification creates millions of records. The caller must write
/// the members of each object in canonical order. A test checks the order for all records.
struct RecordWriter {
  /// The number of bytes to reserve for a record.
  ///
  /// A record of a change has about 900 bytes. The value is below 1 KB, because larger allocations can't use the
  /// thread's own cache of free memory and are slower.
  private static let usualByteCount = 960

  private(set) var bytes: [UInt8] = []
  private var isFirst = true

  /// Creates a record that is one object.
  ///
  /// `body` writes the members of the object.
  init(_ body: (inout RecordWriter) throws(IntegrityError) -> Void) throws(IntegrityError) {
    bytes.reserveCapacity(Self.usualByteCount)
    try object(body)
  }

  mutating func member(_ name: StaticString, _ text: String?) {
    begin(name)
    if let text { bytes.append(jsonString: text) } else { null() }
  }

  mutating func member(_ name: StaticString, _ number: Int64?) {
    begin(name)
    if let number { bytes.append(decimal: number) } else { null() }
  }

  /// Writes an id as a string, because all ids in JSON are strings.
  mutating func member(_ name: StaticString, id: Int64?) {
    begin(name)
    guard let id else { return null() }
    quoted { $0.append(decimal: id) }
  }

  mutating func member(_ name: StaticString, _ time: Timestamp?) {
    begin(name)
    guard let time else { return null() }
    quoted { time.write(to: &$0) }
  }

  mutating func member(_ name: StaticString, _ hash: Hash?) {
    begin(name)
    guard let hash else { return null() }
    hash.withUnsafeBytes { hexadecimal($0) }
  }

  mutating func member(_ name: StaticString, _ salt: Salt) {
    begin(name)
    salt.withUnsafeBytes { hexadecimal($0) }
  }

  mutating func member(_ name: StaticString, _ value: JSONValue?) throws(IntegrityError) {
    begin(name)
    if let value { bytes += try value.canonicalBytes() } else { null() }
  }

  mutating func member(
    _ name: StaticString,
    _ body: (inout RecordWriter) throws(IntegrityError) -> Void
  ) throws(IntegrityError) {
    begin(name)
    try object(body)
  }

  private mutating func object(
    _ body: (inout RecordWriter) throws(IntegrityError) -> Void
  ) throws(IntegrityError) {
    bytes.append(UInt8(ascii: "{"))
    isFirst = true
    try body(&self)
    bytes.append(UInt8(ascii: "}"))
    isFirst = false
  }

  /// Writes the start of a member: the comma, the quoted name and the colon.
  ///
  /// Names are ASCII and need no escapes. The function first combines the parts and then appends them in one call. One
  /// call is faster, and a record has about fifty members.
  private mutating func begin(_ name: StaticString) {
    let count = name.utf8CodeUnitCount
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count + 4) { prefix in
      prefix[0] = UInt8(ascii: ",")
      prefix[1] = UInt8(ascii: "\"")
      for index in 0..<count { prefix[index + 2] = name.utf8Start[index] }
      prefix[count + 2] = UInt8(ascii: "\"")
      prefix[count + 3] = UInt8(ascii: ":")
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: prefix[(isFirst ? 1 : 0)...]))
    }
    isFirst = false
  }

  private mutating func null() { bytes += "null".utf8 }

  private mutating func quoted(_ body: (inout [UInt8]) -> Void) {
    bytes.append(UInt8(ascii: "\""))
    body(&bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func hexadecimal(_ value: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 2 * value.count + 2) { text in
      text[0] = UInt8(ascii: "\"")
      for (index, byte) in value.enumerated() {
        text[2 * index + 1] = UInt8(hexadecimalDigit: byte >> 4)
        text[2 * index + 2] = UInt8(hexadecimalDigit: byte & 15)
      }
      text[2 * value.count + 1] = UInt8(ascii: "\"")
      bytes.append(contentsOf: UnsafeBufferPointer(text))
    }
  }
}
