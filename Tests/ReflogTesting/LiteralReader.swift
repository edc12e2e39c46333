/// Reads the string literals in a source text.
///
/// Literals that are joined with `+` become one string. Literals of help texts are left out, because a test reads these
/// texts from the command line itself.
struct LiteralReader {
  /// The language of a source text.
  enum Language {
    case swift
    case script
  }

  private let code: [Unicode.Scalar]
  private let language: Language
  private var position = 0
  private var found: [(text: String, isHelp: Bool)] = []
  /// The last literal: its index in `found`, and the position after it in `code`.
  private var last: (index: Int, end: Int)?

  /// Creates a reader of a source text.
  init(_ code: String, _ language: Language) {
    self.code = Array(code.unicodeScalars)
    self.language = language
  }

  /// Returns the strings in the source text.
  mutating func literals() -> [String] {
    while position < code.count {
      if starts(with: "//") {
        skip(to: "\n")
      } else if starts(with: "/*") {
        skip(to: "*/")
      } else if let quotes {
        literal(quotes)
      } else {
        position += 1
      }
    }
    return found.filter { !$0.isHelp }.map(\.text)
  }

  /// The marks around the literal that begins at the current position, or nil if no literal begins here.
  private var quotes: (open: String, close: String, escape: String)? {
    guard ["#", "\"", "`"].contains(code[position]) else { return nil }
    if language == .script {
      return starts(with: "\"") ? ("\"", "\"", "\\") : starts(with: "`") ? ("`", "`", "\\") : nil
    }
    let hashes = String(repeating: "#", count: code[position...].prefix { $0 == "#" }.count)
    // In `#""""#`, the first three quotes do not begin a literal of several lines, because no line break follows them.
    let isLong = starts(with: hashes + "\"\"\"\n") || (hashes.isEmpty && starts(with: "\"\"\""))
    let quote = isLong ? "\"\"\"" : "\""
    return starts(with: hashes + quote) ? (hashes + quote, quote + hashes, "\\" + hashes) : nil
  }

  private mutating func literal(_ quotes: (open: String, close: String, escape: String)) {
    let (start, previous) = (position, last)
    position += quotes.open.unicodeScalars.count
    var text = String.UnicodeScalarView()
    while position < code.count, !starts(with: quotes.close) {
      if quotes.open == "`", starts(with: "${") {
        position += 2
        insertedValue(from: "{", to: "}")
        text.append(contentsOf: "{}".unicodeScalars)
      } else if starts(with: quotes.escape) {
        position += quotes.escape.unicodeScalars.count
        text.append(contentsOf: escaped().unicodeScalars)
      } else {
        text.append(code[position])
        position += 1
      }
    }
    position += quotes.close.unicodeScalars.count
    let string = quotes.open.hasSuffix("\"\"\"") ? Self.withoutIndentation(String(text)) : String(text)
    if let previous, isPlus(previous.end..<start) {
      found[previous.index].text += string
      last = (previous.index, position)
    } else {
      found.append((string, isHelp(start)))
      last = (found.count - 1, position)
    }
  }

  /// Reads the rest of an escape sequence after its escape character, and returns the text that the sequence
  /// represents.
  private mutating func escaped() -> String {
    let scalar = code[position]
    position += 1
    switch scalar {
    case "(":
      insertedValue(from: "(", to: ")")
      return "{}"
    case "n": return "\n"
    case "t": return "\t"
    case "\n":
      while code[position] == " " { position += 1 }
      return ""
    case "u":
      let digits = String(String.UnicodeScalarView(code[(position + 1)...].prefix { $0 != "}" }))
      position += digits.count + 2
      return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init).map { String($0) } ?? ""
    default: return String(scalar)
    }
  }

  /// Skips a value that is inserted into a literal, but reads the literals inside this value.
  private mutating func insertedValue(from open: Unicode.Scalar, to close: Unicode.Scalar) {
    last = nil
    var depth = 1
    while depth > 0, position < code.count {
      if let quotes {
        literal(quotes)
        continue
      }
      if code[position] == open { depth += 1 }
      if code[position] == close { depth -= 1 }
      position += 1
    }
  }

  private func starts(with text: String) -> Bool {
    // Compare the first scalar first. This comparison is fast, and the first scalar differs at most positions.
    code[position] == text.unicodeScalars.first && code[position...].starts(with: text.unicodeScalars)
  }

  private mutating func skip(to end: String) {
    while position < code.count, !starts(with: end) { position += 1 }
    position += end.unicodeScalars.count
  }

  /// Returns whether a part of the source text consists of one plus sign and white space.
  private func isPlus(_ range: Range<Int>) -> Bool {
    code[range].filter { !$0.properties.isWhitespace } == ["+"]
  }

  /// Returns whether the literal at a position is a help text of the command line.
  private func isHelp(_ start: Int) -> Bool {
    let before = code[..<start].reversed().drop { $0.properties.isWhitespace }
    return ["help:", "abstract:", "discussion:", "ArgumentHelp("]
      .contains { before.starts(with: $0.unicodeScalars.reversed()) }
  }

  /// Returns the content of a literal of several lines, and removes the indentation of the last line from each line.
  private static func withoutIndentation(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let width = lines.last?.count ?? 0
    return lines.dropFirst().dropLast().map { $0.dropFirst(width) }.joined(separator: "\n")
  }
}
