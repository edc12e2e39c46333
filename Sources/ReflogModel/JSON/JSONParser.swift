/// The error that is thrown if a text is not valid JSON (RFC 8259), or if Reflog does not accept the JSON.
package struct JSONError: Error, CustomStringConvertible {
  /// The problem, as a clause without a full stop.
  package let problem: String
  /// The position of the mistake in bytes, from 0.
  package let position: Int

  /// The problem and its position, as a clause without a full stop.
  package var description: String { "\(problem) at byte \(position)" }
}

extension JSONValue {
  /// Reads a JSON text that contains one value (RFC 8259).
  ///
  /// Reflog is stricter than RFC 8259. These are errors: two members with the same name in one object, values that are
  /// nested deeper than ``maximumDepth`` levels, invalid UTF-8, one half of a surrogate pair without the other half,
  /// and text after the value. A byte order mark in front of the value is ignored, as RFC 8259 §8.1 allows.
  package init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
    let text: [UInt8]
    do { text = try TextEncoding.withoutByteOrderMark(bytes) } catch {
      throw JSONError(problem: error.description, position: 0)
    }
    var parser = JSONParser(bytes: text)
    self = try parser.parseDocument()
  }

  /// The maximum depth of nested values.
  ///
  /// The parser calls itself for each level. With too many levels, the stack would overflow and the process would end.
  /// Graph's answers have fewer levels than this limit.
  package static let maximumDepth = 64
}

private struct JSONParser {
  let bytes: [UInt8]
  var position = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func parseDocument() throws(JSONError) -> JSONValue {
    let value = try parseValue(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw error("unexpected text after the value") }
    return value
  }

  mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < JSONValue.maximumDepth else {
      throw error("values are nested deeper than \(JSONValue.maximumDepth) levels")
    }
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return .object(try parseObject(depth: depth))
    case UInt8(ascii: "["): return .array(try parseArray(depth: depth))
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "t"): return try parse(literal: "true", as: .bool(true))
    case UInt8(ascii: "f"): return try parse(literal: "false", as: .bool(false))
    case UInt8(ascii: "n"): return try parse(literal: "null", as: .null)
    case let byte? where byte == UInt8(ascii: "-") || byte.isASCIIDigit: return .number(try parseNumber())
    case nil: throw error("the text ends, but a value is expected")
    default: throw error("expected a value")
    }
  }

  mutating func parseObject(depth: Int) throws(JSONError) -> JSONObject {
    position += 1
    var members: [JSONObject.Member] = []
    // The set contains bytes, because `String` treats some names with different bytes as equal.
    var names: Set<[UInt8]> = []
    if skip(UInt8(ascii: "}")) { return JSONObject(uniqueMembers: []) }
    repeat {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("expected the name of a member") }
      let start = position
      let name = try parseString()
      guard names.insert(Array(name.utf8)).inserted else {
        throw JSONError(problem: "duplicate member \(name.printable)", position: start)
      }
      guard skip(UInt8(ascii: ":")) else { throw error("expected a colon") }
      members.append(JSONObject.Member(name: name, value: try parseValue(depth: depth + 1)))
    } while skip(UInt8(ascii: ","))
    guard skip(UInt8(ascii: "}")) else { throw error("expected a comma or the end of the object") }
    return JSONObject(uniqueMembers: members)
  }

  mutating func parseArray(depth: Int) throws(JSONError) -> [JSONValue] {
    position += 1
    var values: [JSONValue] = []
    if skip(UInt8(ascii: "]")) { return values }
    repeat {
      values.append(try parseValue(depth: depth + 1))
    } while skip(UInt8(ascii: ","))
    guard skip(UInt8(ascii: "]")) else { throw error("expected a comma or the end of the array") }
    return values
  }

  mutating func parseString() throws(JSONError) -> String {
    let start = position
    position += 1
    // The part in front of the first escape sequence is copied at once. Most strings have no escape sequence.
    let end = bytes[position...].firstIndex { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") || $0 < 0x20 }
    var text = bytes[position..<(end ?? bytes.count)]
    position = text.endIndex
    while let byte = peek {
      guard byte >= 0x20 else { throw error("unescaped control character in a string") }
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw JSONError(problem: "the string is not valid UTF-8", position: start)
        }
        return string
      case UInt8(ascii: "\\"): text.append(contentsOf: try parseEscape())
      default: text.append(byte)
      }
    }
    throw JSONError(problem: "the string does not end", position: start)
  }

  mutating func parseEscape() throws(JSONError) -> [UInt8] {
    let start = position - 1
    guard let byte = peek else { throw error("the text ends within an escape sequence") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(try parseUnicodeEscape(from: start)).utf8)
    default: throw JSONError(problem: "unknown escape sequence", position: start)
    }
  }

  /// Reads the digits of an escape sequence `\u`.
  ///
  /// - Parameter start: The position of the backslash.
  mutating func parseUnicodeEscape(from start: Int) throws(JSONError) -> Unicode.Scalar {
    let first = try parseHexadecimal()
    var code = UInt32(first)
    if (0xD800...0xDBFF).contains(first), skipEscapeMark() {
      let second = try parseHexadecimal()
      guard (0xDC00...0xDFFF).contains(second) else {
        throw JSONError(problem: "lone surrogate", position: start)
      }
      code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw JSONError(problem: "lone surrogate", position: start) }
    return scalar
  }

  /// Skips `\u` if these two characters are next, and returns whether they were skipped.
  mutating func skipEscapeMark() -> Bool {
    guard bytes[position...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) else { return false }
    position += 2
    return true
  }

  mutating func parseHexadecimal() throws(JSONError) -> UInt16 {
    let digits = bytes[position...].prefix(4)
    guard digits.count == 4, let high = UInt8(hexadecimal: digits.prefix(2)),
      let low = UInt8(hexadecimal: digits.suffix(2))
    else { throw error("expected four hexadecimal digits") }
    position += 4
    return UInt16(high) << 8 | UInt16(low)
  }

  mutating func parseNumber() throws(JSONError) -> String {
    let start = position
    if peek == UInt8(ascii: "-") { position += 1 }
    if peek == UInt8(ascii: "0") { position += 1 } else { try skipDigits() }
    if peek == UInt8(ascii: ".") {
      position += 1
      try skipDigits()
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      position += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      try skipDigits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  mutating func skipDigits() throws(JSONError) {
    let start = position
    while peek?.isASCIIDigit == true { position += 1 }
    guard position > start else { throw error("expected a digit") }
  }

  mutating func parse(literal: String, as value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[position...].starts(with: literal.utf8) else { throw error("expected a value") }
    position += literal.utf8.count
    return value
  }

  /// Skips white space, then skips this byte if it is next.
  ///
  /// Returns whether the byte was skipped.
  mutating func skip(_ byte: UInt8) -> Bool {
    skipSpace()
    guard peek == byte else { return false }
    position += 1
    return true
  }

  mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  func error(_ problem: String) -> JSONError { JSONError(problem: problem, position: position) }
}
