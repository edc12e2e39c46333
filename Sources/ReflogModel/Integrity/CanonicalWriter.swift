/// Writes canonical JSON (RFC 8785).
struct CanonicalWriter {
  /// The number of bytes that the record of a change usually needs.
  ///
  /// The writer reserves this number of bytes at the start to avoid later allocations.
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

  /// Returns the indices of the members, sorted by the members' names.
  ///
  /// - Throws: ``IntegrityError/duplicateMember(name:)`` if two members have the same name.
  private func order(of members: [JSONObject.Member]) throws(IntegrityError) -> [Int] {
    let indices = Array(members.indices)
    // The members of most objects are already sorted. Checking the order is faster than sorting.
    if firstOutOfOrder(indices, of: members) == nil { return indices }
    let sorted = indices.sorted { precedes(members[$0].name, members[$1].name) }
    if let index = firstOutOfOrder(sorted, of: members) { throw .duplicateMember(name: members[index].name) }
    return sorted
  }

  private func firstOutOfOrder(_ order: [Int], of members: [JSONObject.Member]) -> Int? {
    zip(order, order.dropFirst()).first { !precedes(members[$0].name, members[$1].name) }?.1
  }

  /// Returns whether the left name is sorted in front of the right name by UTF-16 code units (RFC 8785 §3.2.3).
  ///
  /// The function compares UTF-8, because a comparison of UTF-8 is faster. UTF-8 and UTF-16 sort texts in the same
  /// order, except for the characters from U+E000 to U+FFFF. In UTF-8 these characters begin with the byte EE or EF,
  /// and are sorted in front of the characters from U+10000 on. In UTF-16 they are sorted after the characters from
  /// U+10000 on. ``rank(_:)`` corrects the order.
  private func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8) { rank($0) < rank($1) }
  }

  /// Returns the rank of a UTF-8 byte.
  ///
  /// Two texts whose bytes are compared by rank are sorted in the order of UTF-16.
  private func rank(_ byte: UInt8) -> UInt8 {
    byte == 0xEE || byte == 0xEF ? byte + 0x10 : byte
  }
}
