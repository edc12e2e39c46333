/// Writes a record as canonical JSON (RFC 8785), member by member.
///
/// The writer does not build a ``JSONValue``, because a verification creates millions of records. The caller must write
/// the members of each object in canonical order. A test checks the order for all records.
struct RecordWriter: ~Copyable {
  private var output = RecordBytes()
  private var isFirst = true

  /// The bytes that were written so far.
  var bytes: [UInt8] { output.array }

  /// Creates a record that is one object.
  ///
  /// `body` writes the members of the object.
  init(_ body: (inout RecordWriter) throws(IntegrityError) -> Void) throws(IntegrityError) {
    try object(body)
  }

  mutating func member(_ name: StaticString, _ text: String?) {
    begin(name)
    if let text { output.append(jsonString: text) } else { null() }
  }

  mutating func member(_ name: StaticString, _ number: Int64?) {
    begin(name)
    if let number { output.append(decimal: number) } else { null() }
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
    quoted { time.write(toOutput: &$0) }
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
    if let value {
      try value.canonicalBytes().withUnsafeBufferPointer { output.append(contentsOf: $0) }
    } else {
      null()
    }
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
    output.append(UInt8(ascii: "{"))
    isFirst = true
    try body(&self)
    output.append(UInt8(ascii: "}"))
    isFirst = false
  }

  /// Writes the start of a member: the comma, the quoted name and the colon.
  ///
  /// Names are ASCII and need no escapes.
  private mutating func begin(_ name: StaticString) {
    if !isFirst { output.append(UInt8(ascii: ",")) }
    isFirst = false
    output.append(UInt8(ascii: "\""))
    output.append(ascii: name)
    output.append(ascii: "\":")
  }

  private mutating func null() { output.append(ascii: "null") }

  private mutating func quoted(_ body: (inout RecordBytes) -> Void) {
    output.append(UInt8(ascii: "\""))
    body(&output)
    output.append(UInt8(ascii: "\""))
  }

  private mutating func hexadecimal(_ value: UnsafeRawBufferPointer) {
    quoted { for byte in value { $0.append(hexadecimal: byte) } }
  }
}
