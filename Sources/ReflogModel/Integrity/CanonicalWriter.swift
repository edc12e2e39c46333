/// Writes canonical JSON (RFC 8785).
struct CanonicalWriter {
  /// About the number of bytes that a record of a change needs.
  private static let usualByteCount = 1024

  private(set) var output: [UInt8] = []

  init() {
    output.reserveCapacity(Self.usualByteCount)
  }

  mutating func write(_ value: JSONValue, depth: Int) throws(IntegrityError) {
    guard depth < JSONValue.maximumDepth else { throw .nestedTooDeep }
    switch value {
    case .null: output += "null".utf8
    case .bool(let value): output += (value ? "true" : "false").utf8
    case .number(let text): try write(number: text)
    case .string(let text): output.append(jsonString: text)
    case .array(let values): try write(values, depth: depth)
    case .object(let object): try write(object.members, depth: depth)
    }
  }

  private mutating func write(_ values: [JSONValue], depth: Int) throws(IntegrityError) {
    output.append(UInt8(ascii: "["))
    for (position, value) in values.enumerated() {
      if position > 0 { output.append(UInt8(ascii: ",")) }
      try write(value, depth: depth + 1)
    }
    output.append(UInt8(ascii: "]"))
  }

  private mutating func write(_ members: [JSONObject.Member], depth: Int) throws(IntegrityError) {
    output.append(UInt8(ascii: "{"))
    for (position, index) in try order(of: members).enumerated() {
      if position > 0 { output.append(UInt8(ascii: ",")) }
      output.append(jsonString: members[index].name)
      output.append(UInt8(ascii: ":"))
      try write(members[index].value, depth: depth + 1)
    }
    output.append(UInt8(ascii: "}"))
  }

  private mutating func write(number text: String) throws(IntegrityError) {
    let isNegative = text.utf8.first == UInt8(ascii: "-")
    guard let size = Int64(plainDecimal: text.utf8.dropFirst(isNegative ? 1 : 0)), !(isNegative && size == 0),
      size <= JSONValue.maximumWholeNumber
    else { throw .noWholeNumber(text) }
    output += text.utf8
  }

  /// Returns the indices of the members in the order of their names, which must differ.
  private func order(of members: [JSONObject.Member]) throws(IntegrityError) -> [Int] {
    let indices = Array(members.indices)
    // Most objects are in order already, and a check is cheaper than a sort.
    if firstOutOfOrder(indices, of: members) == nil { return indices }
    let sorted = indices.sorted { precedes(members[$0].name, members[$1].name) }
    if let index = firstOutOfOrder(sorted, of: members) { throw .duplicateMember(name: members[index].name) }
    return sorted
  }

  private func firstOutOfOrder(_ order: [Int], of members: [JSONObject.Member]) -> Int? {
    zip(order, order.dropFirst()).first { !precedes(members[$0].name, members[$1].name) }?.1
  }

  /// Returns whether a name precedes another one by their UTF-16 code units (RFC 8785 §3.2.3).
  ///
  /// UTF-8 has the order of UTF-16, except for the scalars from U+E000 to U+FFFF, whose first byte is EE or EF. In
  /// UTF-16 they follow the scalars that are surrogate pairs, whose first byte in UTF-8 is F0 to F4.
  private func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8) { rank($0) < rank($1) }
  }

  private func rank(_ byte: UInt8) -> UInt8 {
    byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte
  }
}
