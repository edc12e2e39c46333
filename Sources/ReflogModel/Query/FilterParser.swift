/// Reads filters in a subset of OData's syntax (OData 4.01 URL Conventions §5.1.1).
///
/// The subset consists of `eq ne gt ge lt le`, `in ( )`, `startswith`, `contains`, `not`, `and`, `or` and parentheses.
/// `not` is applied before `and`, and `and` is applied before `or`.
struct FilterParser<Field: FilterField> {
  /// The maximum length of a filter in bytes.
  ///
  /// Filters that people and programs write are much shorter.
  static var maximumLength: Int { 8192 }
  /// The maximum depth of nested parentheses and `not`.
  static var maximumDepth: Int { 32 }
  /// The maximum number of comparisons.
  ///
  /// Each value in a list counts as one comparison.
  static var maximumTerms: Int { 200 }

  private var lexer: FilterLexer
  private var token: FilterLexer.Token
  private var terms = 0

  static func parse(_ text: String) throws(FilterError) -> Filter<Field> {
    guard text.utf8.count <= maximumLength else {
      throw FilterError(problem: "the filter is longer than \(maximumLength) bytes", position: maximumLength)
    }
    var parser = try FilterParser(text)
    let filter = try parser.disjunction(depth: 0)
    guard parser.token.kind == .end else { throw parser.error("expected 'and', 'or' or the end of the filter") }
    return filter
  }

  private init(_ text: String) throws(FilterError) {
    lexer = FilterLexer(text)
    token = try lexer.next()
  }

  private func error(_ problem: String) -> FilterError {
    FilterError(problem: problem, position: token.position)
  }

  private mutating func advance() throws(FilterError) {
    token = try lexer.next()
  }

  private mutating func take(_ keyword: String) throws(FilterError) -> Bool {
    guard token.kind == .word(keyword) else { return false }
    try advance()
    return true
  }

  private mutating func expect(_ kind: FilterLexer.Token.Kind, _ sign: String) throws(FilterError) {
    guard token.kind == kind else { throw error("expected \(sign)") }
    try advance()
  }

  private mutating func disjunction(depth: Int) throws(FilterError) -> Filter<Field> {
    var filter = try conjunction(depth: depth)
    while try take("or") { filter = .or(filter, try conjunction(depth: depth)) }
    return filter
  }

  private mutating func conjunction(depth: Int) throws(FilterError) -> Filter<Field> {
    var filter = try negation(depth: depth)
    while try take("and") { filter = .and(filter, try negation(depth: depth)) }
    return filter
  }

  private mutating func negation(depth: Int) throws(FilterError) -> Filter<Field> {
    guard depth < Self.maximumDepth else { throw error("the filter is nested deeper than \(Self.maximumDepth) levels") }
    if try take("not") { return .not(try negation(depth: depth + 1)) }
    if token.kind == .open {
      try advance()
      let filter = try disjunction(depth: depth + 1)
      try expect(.close, "')'")
      return filter
    }
    return try term()
  }

  private mutating func term() throws(FilterError) -> Filter<Field> {
    try count()
    guard case .word(let word) = token.kind else { throw error("expected a field") }
    if word == "startswith" || word == "contains" { return try function(word) }
    let field = try self.field()
    guard case .word(let operation) = token.kind else {
      throw error("expected an operator. Use eq, ne, gt, ge, lt, le or in")
    }
    if operation == "in" {
      try advance()
      return .oneOf(field, try list(of: field))
    }
    guard let comparison = FilterComparison(rawValue: operation) else {
      throw error("there is no operator '\(operation.printable)'. Use eq, ne, gt, ge, lt, le or in")
    }
    let operatorToken = token
    try advance()
    let value = try self.value(for: field)
    guard (value != .null && field.kind != .flag) || comparison == .eq || comparison == .ne else {
      throw FilterError(
        problem: "null, true and false can only be compared with eq and ne",
        position: operatorToken.position
      )
    }
    return .comparison(field, comparison, value)
  }

  private mutating func function(_ name: String) throws(FilterError) -> Filter<Field> {
    try advance()
    try expect(.open, "'('")
    let position = token.position
    let field = try self.field()
    guard field.kind == .text || field.kind == .name else {
      throw FilterError(problem: "\(name) needs a text field, but \(field.rawValue) is not one", position: position)
    }
    try expect(.comma, "a comma")
    guard case .string(let text) = token.kind else { throw error("expected a text in single quotes") }
    try advance()
    try expect(.close, "')'")
    return name == "contains" ? .contains(field, text) : .startsWith(field, text)
  }

  private mutating func field() throws(FilterError) -> Field {
    guard case .word(let name) = token.kind, let field = Field(rawValue: name) else {
      if case .word(let name) = token.kind { throw error("there is no field '\(name.printable)'") }
      throw error("expected a field")
    }
    try advance()
    return field
  }

  private mutating func list(of field: Field) throws(FilterError) -> [FilterValue] {
    try expect(.open, "'('")
    var values = [try value(for: field)]
    while token.kind == .comma {
      try count()
      try advance()
      values.append(try value(for: field))
    }
    try expect(.close, "')'")
    return values
  }

  private mutating func value(for field: Field) throws(FilterError) -> FilterValue {
    let value: FilterValue?
    switch (field.kind, token.kind) {
    case (_, .word("null")): value = .null
    case (.text, .string(let text)), (.name, .string(let text)): value = .text(text)
    case (.number, .string(let text)), (.number, .word(let text)), (.id, .string(let text)), (.id, .word(let text)):
      value = Int64(text).map(FilterValue.number)
    case (.time, .word(let text)): value = Timestamp(parsing: text).map(FilterValue.time)
    case (.flag, .word("true")): value = .flag(true)
    case (.flag, .word("false")): value = .flag(false)
    case (.text, _), (.name, _), (.number, _), (.id, _), (.time, _), (.flag, _): value = nil
    }
    guard let value else { throw error(Self.expectation(of: field)) }
    try advance()
    return value
  }

  private static func expectation(of field: Field) -> String {
    switch field.kind {
    case .text, .name: "compare \(field.rawValue) with a text in single quotes, or with null"
    case .number, .id: "compare \(field.rawValue) with a whole number, or with null"
    case .flag: "compare \(field.rawValue) with true or false"
    case .time: "compare \(field.rawValue) with a time without quotes, such as 2026-03-01T14:00:00Z, or with null"
    }
  }

  private mutating func count() throws(FilterError) {
    terms += 1
    guard terms <= Self.maximumTerms else { throw error("the filter has more than \(Self.maximumTerms) comparisons") }
  }
}
