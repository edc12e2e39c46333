extension FilterParser {
  /// Whether the current token is the name of the function `tolower`.
  var isLowerCase: Bool { FilterLiteral.isKeyword(token, "tolower") && lexer.opensNext }

  /// Throws if the current token is the name of an unknown function.
  func refuseFunction() throws(FilterError) {
    guard case .word(let word) = token.kind, lexer.opensNext,
      !["not", "and", "or", "in"].contains(word.asciiFolded), FilterComparison(rawValue: word.asciiFolded) == nil
    else { return }
    throw error("there is no function '\(word.printable)'. Use startswith, contains or tolower")
  }

  /// Reads `startswith` or `contains` with its two arguments.
  mutating func function(_ name: String) throws(FilterError) -> Filter<Field> {
    try advance()
    try expect(.open, "'('")
    let position = token.position
    let isLowerCase = isLowerCase
    if isLowerCase {
      try advance()
      try expect(.open, "'('")
    }
    let field = try field()
    guard field.kind == .text || field.kind == .name else {
      throw FilterError(problem: "\(name) needs a text field, but \(field.rawValue) is not one", position: position)
    }
    if isLowerCase { try expect(.close, "')'") }
    try expect(.comma, "a comma")
    let literal: FilterLexer.Token
    if self.isLowerCase {
      literal = try lowerCaseLiteral()
    } else {
      literal = token
      guard case .string = token.kind else { throw error("expected a text in single quotes") }
      try advance()
    }
    try expect(.close, "')'")
    guard case .string(let text) = literal.kind else { throw error("expected a text in single quotes") }
    let filter: Filter<Field> = name == "contains" ? .contains(field, text) : .startsWith(field, text)
    return isLowerCase && field.kind == .text ? .lowerCase(filter) : filter
  }

  /// Reads `tolower` with a text field or with a text in single quotes.
  ///
  /// Fields of the kind ``FilterKind/name`` are always compared without regard to case, so the function has no effect
  /// on these fields.
  mutating func lowerCase() throws(FilterError) -> Operand {
    try advance()
    try expect(.open, "'('")
    if case .string(let text) = token.kind {
      let literal = FilterLexer.Token(kind: .string(text.lowercased()), position: token.position)
      try advance()
      try expect(.close, "')'")
      return .literal(literal)
    }
    let position = token.position
    let field = try field()
    guard field.kind == .text || field.kind == .name else {
      throw FilterError(problem: "tolower needs a text field, but \(field.rawValue) is not one", position: position)
    }
    try expect(.close, "')'")
    return field.kind == .text ? .lowerCase(field) : .field(field)
  }

  /// Reads `tolower` with a text in single quotes, and returns the text in lower case.
  mutating func lowerCaseLiteral() throws(FilterError) -> FilterLexer.Token {
    let position = token.position
    guard case .literal(let literal) = try lowerCase() else {
      throw FilterError(problem: "expected tolower with a text in single quotes", position: position)
    }
    return literal
  }

  private mutating func field() throws(FilterError) -> Field {
    guard case .word(let name) = token.kind, let field = Field(rawValue: name) else {
      if case .word = token.kind { throw Self.notAField(token) }
      throw error("expected a field")
    }
    try advance()
    return field
  }
}
