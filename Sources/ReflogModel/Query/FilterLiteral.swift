/// Reads the literals of a filter (OData 4.01 ABNF, `primitiveLiteral`).
enum FilterLiteral {
  /// A literal that was read for a field.
  struct Reading {
    let value: FilterValue
    /// Whether `value` is exactly equal to the literal.
    ///
    /// Only a time with digits after the microseconds is not exact. For such a time, `value` is the latest microsecond
    /// that is earlier than the literal.
    let isExact: Bool

    init(_ value: FilterValue, isExact: Bool = true) {
      self.value = value
      self.isExact = isExact
    }
  }

  /// Returns the value of a literal that is compared with a field.
  static func read(_ token: FilterLexer.Token, for field: some FilterField) throws(FilterError) -> Reading {
    if isKeyword(token, "null") { return Reading(.null) }
    let reading: Reading? =
      switch (field.kind, token.kind) {
      case (.text, .string(let text)), (.name, .string(let text)): Reading(.text(text))
      case (.number, .word(let text)), (.id, .word(let text)): Int64(text).map { Reading(.number($0)) }
      case (.number, .string(let text)), (.id, .string(let text)):
        // A number in quotes is accepted only in its usual form, without a plus sign and without leading zeros.
        Int64(text).flatMap { String($0) == text ? Reading(.number($0)) : nil }
      case (.time, .word(let text)):
        Timestamp.reading(text).map { Reading(.time($0.moment), isExact: $0.isExact) }
      case (.flag, .word): flag(token).map { Reading(.flag($0)) }
      case (.text, _), (.name, _), (.number, _), (.id, _), (.time, _), (.flag, _): nil
      }
    guard let reading else { throw FilterError(problem: problem(token, field), position: token.position) }
    return reading
  }

  /// Returns the boolean that a token represents, or nil if the token is not a boolean.
  static func flag(_ token: FilterLexer.Token) -> Bool? {
    isKeyword(token, "true") ? true : isKeyword(token, "false") ? false : nil
  }

  /// Whether a token is a keyword.
  ///
  /// Upper and lower case count as equal (OData 4.01 URL Conventions §5.1.1).
  static func isKeyword(_ token: FilterLexer.Token, _ keyword: String) -> Bool {
    if case .word(let word) = token.kind { word.isSame(as: keyword) } else { false }
  }

  private static func problem(_ token: FilterLexer.Token, _ field: some FilterField) -> String {
    switch field.kind {
    case .text, .name: return "compare \(field.rawValue) with a text in single quotes, or with null"
    case .number, .id: return "compare \(field.rawValue) with a whole number, or with null"
    case .flag: return "compare \(field.rawValue) with true or false"
    case .time:
      // With a time zone, the text would be a valid time. So the message asks for a time zone.
      if case .word(let text) = token.kind, Timestamp.reading(text + "Z") != nil {
        return "the time \(text) has no time zone. Add Z, or an offset such as -01:00 or %2B01:00"
      }
      return "compare \(field.rawValue) with a time without quotes, such as 2026-03-01T14:00:00Z, or with null"
    }
  }
}
