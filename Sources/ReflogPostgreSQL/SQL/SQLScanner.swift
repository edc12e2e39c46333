#if PostgreSQL
/// Divides an SQL text of PostgreSQL into placeholders and other parts.
///
/// A `?` or `:` in a literal, a quoted name, a comment or a cast is not a placeholder. See
/// postgresql.org/docs/15/sql-syntax-lexical.html.
struct SQLScanner {
  /// A part of the text.
  enum Token {
    /// A placeholder `?`.
    case next
    /// A placeholder with a number, for example `?1`.
    case number(Int)
    /// A placeholder with a name, for example `:name`.
    case name(String)
    /// Text without a placeholder.
    case other(Range<Int>)
  }

  /// The text in UTF-8.
  let bytes: [UInt8]
  private var position = 0

  /// Creates a scanner that begins at the start of a text.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Returns the next part of the text, or nil at the end.
  mutating func next() -> Token? {
    let start = position
    while position < bytes.count {
      if let end = placeholderEnd(at: position) {
        guard position == start else { return .other(start..<position) }
        position = end
        return token(start + 1..<end, isNamed: bytes[start] == Self.colon)
      }
      position = endOfPart(at: position)
    }
    return start < position ? .other(start..<position) : nil
  }

  private func token(_ content: Range<Int>, isNamed: Bool) -> Token {
    let text = String(decoding: bytes[content], as: UTF8.self)
    if isNamed { return .name(text) }
    return Int(text).map { .number($0) } ?? .next
  }

  /// Returns the end of the placeholder that begins at an index, or nil if no placeholder begins there.
  private func placeholderEnd(at index: Int) -> Int? {
    switch bytes[index] {
    case UInt8(ascii: "?"): end(from: index + 1) { Self.isDigit($0) }
    // A cast has two colons. The second colon is skipped together with the first colon.
    case Self.colon:
      if let first = byte(index + 1), Self.isLetter(first) {
        end(from: index + 1) { Self.isLetter($0) || Self.isDigit($0) }
      } else {
        nil
      }
    default: nil
    }
  }

  /// Returns the end of the literal, quoted name, comment, name or single character that begins at an index.
  private func endOfPart(at index: Int) -> Int {
    switch (bytes[index], byte(index + 1)) {
    case (UInt8(ascii: "'"), _), (UInt8(ascii: "\""), _): endOfQuotes(at: index, hasEscapes: false)
    case (UInt8(ascii: "e"), UInt8(ascii: "'")), (UInt8(ascii: "E"), UInt8(ascii: "'")):
      endOfQuotes(at: index + 1, hasEscapes: true)
    case (UInt8(ascii: "-"), UInt8(ascii: "-")): end(from: index) { $0 != UInt8(ascii: "\n") }
    case (UInt8(ascii: "/"), UInt8(ascii: "*")): endOfComment(at: index)
    case (UInt8(ascii: "$"), _): endOfDollarQuotes(at: index)
    case (Self.colon, Self.colon): index + 2
    case (let byte, _) where Self.isLetter(byte):
      // A name can contain dollar signs.
      end(from: index) { Self.isLetter($0) || Self.isDigit($0) || $0 == UInt8(ascii: "$") }
    default: index + 1
    }
  }

  /// Returns the end of a text in quotes; two quotes in a row are a quote inside the text.
  private func endOfQuotes(at index: Int, hasEscapes: Bool) -> Int {
    let quote = bytes[index]
    var index = index + 1
    while let byte = byte(index) {
      index += 1
      if hasEscapes, byte == UInt8(ascii: "\\") {
        index += 1
      } else if byte == quote {
        guard self.byte(index) == quote else { return index }
        index += 1
      }
    }
    return bytes.count
  }

  /// Returns the end of a comment; comments can be nested.
  private func endOfComment(at index: Int) -> Int {
    var depth = 0
    var index = index
    while let first = byte(index), let second = byte(index + 1) {
      switch (first, second) {
      case (UInt8(ascii: "/"), UInt8(ascii: "*")): depth += 1
      case (UInt8(ascii: "*"), UInt8(ascii: "/")): depth -= 1
      default:
        index += 1
        continue
      }
      index += 2
      if depth == 0 { return index }
    }
    return bytes.count
  }

  /// Returns the end of a text in dollar quotes, for example `$$…$$` or `$tag$…$tag$`.
  ///
  /// If no text in dollar quotes begins at the dollar sign, the result is the end of the dollar sign.
  private func endOfDollarQuotes(at index: Int) -> Int {
    let tagEnd = end(from: index + 1) { Self.isLetter($0) || Self.isDigit($0) }
    guard byte(tagEnd) == UInt8(ascii: "$"), byte(index + 1).map({ !Self.isDigit($0) }) ?? false else {
      return index + 1
    }
    let delimiter = bytes[index...tagEnd]
    var start = tagEnd + 1
    while start + delimiter.count <= bytes.count {
      if bytes[start..<start + delimiter.count] == delimiter { return start + delimiter.count }
      start += 1
    }
    return bytes.count
  }

  private func end(from start: Int, while isPart: (UInt8) -> Bool) -> Int {
    var index = start
    while let byte = byte(index), isPart(byte) { index += 1 }
    return index
  }

  private func byte(_ index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

  private static let colon = UInt8(ascii: ":")

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Returns whether a byte can begin a name: a letter, an underscore, or a byte of a character outside of ASCII.
  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
  }
}
#endif
