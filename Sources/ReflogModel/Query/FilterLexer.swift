/// Splits the text of a filter into tokens.
struct FilterLexer {
  /// A token, and the position of its first byte in the text.
  struct Token: Hashable {
    enum Kind: Hashable {
      /// A name of a field or a function, a keyword, or a literal without quotes.
      case word(String)
      /// The content of a text in single quotes.
      ///
      /// In a filter, one single quote in the content is written as two single quotes.
      case string(String)
      case open, close, comma
      case end
    }

    let kind: Kind
    let position: Int
  }

  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// Whether the next token is an opening parenthesis.
  var opensNext: Bool {
    bytes[position...].first { !Self.isSpace($0) } == UInt8(ascii: "(")
  }

  mutating func next() throws(FilterError) -> Token {
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    let start = position
    guard position < bytes.count else { return Token(kind: .end, position: start) }
    switch bytes[position] {
    case UInt8(ascii: "("): return sign(.open)
    case UInt8(ascii: ")"): return sign(.close)
    case UInt8(ascii: ","): return sign(.comma)
    case UInt8(ascii: "'"): return Token(kind: .string(try string()), position: start)
    default: break
    }
    while position < bytes.count, isWordByte(bytes[position]) { position += 1 }
    guard position > start else { throw unexpected(at: start) }
    return Token(kind: .word(String(decoding: bytes[start..<position], as: UTF8.self)), position: start)
  }

  /// Whether a byte is white space: a space or a horizontal tab (OData 4.01 ABNF, `RWS` and `BWS`).
  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  private func unexpected(at start: Int) -> FilterError {
    let character = String(decoding: bytes[start...].prefix(4), as: UTF8.self).unicodeScalars.prefix(1)
    return FilterError(problem: "unexpected character '\(String(character).printable)'", position: start)
  }

  private mutating func sign(_ kind: Token.Kind) -> Token {
    defer { position += 1 }
    return Token(kind: kind, position: position)
  }

  private mutating func string() throws(FilterError) -> String {
    let start = position
    position += 1
    var content: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      guard byte == UInt8(ascii: "'") else {
        content.append(byte)
        continue
      }
      guard position < bytes.count, bytes[position] == byte else {
        guard !content.contains(0) else {
          throw FilterError(problem: "a text in single quotes contains a NUL", position: start)
        }
        return String(decoding: content, as: UTF8.self)
      }
      content.append(byte)
      position += 1
    }
    throw FilterError(problem: "a text in single quotes does not end", position: start)
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    byte.isASCIILetter || byte.isASCIIDigit || "_.-:/+".utf8.contains(byte)
  }
}
