/// Reads OData's filter language (OData 4.01 URL Conventions §5.1.1), as far as history has it: `eq ne gt ge lt le`,
/// `in ( )`, `startswith`, `contains`, `not`, `and`, `or`, parentheses. `not` binds tighter than `and`, and that than `or`.
struct FilterParser<Field: FilterField> {
  /// Longer than any question that a person or a tool asks.
  static var maximumLength: Int { 8192 }
  /// Parentheses and `not` within each other.
  static var maximumDepth: Int { 32 }
  /// Comparisons, values in a list included.
  static var maximumTerms: Int { 200 }

  private var lexer: FilterLexer
  private var token: FilterLexer.Token
  private var terms = 0

  static func parse(_ text: String) throws(FilterError) -> Filter<Field> {
    guard text.utf8.count <= maximumLength else {
      throw FilterError(problem: "it is longer than \(maximumLength) bytes", position: maximumLength)
    }
    var parser = try FilterParser(text)
    let filter = try parser.disjunction(depth: 0)
    guard parser.token.kind == .end else { throw parser.error("and, or, or the end is expected") }
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
    guard token.kind == kind else { throw error("\(sign) is expected") }
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
    guard depth < Self.maximumDepth else { throw error("it is nested deeper than \(Self.maximumDepth)") }
    if try take("not") { return .not(try negation(depth: depth + 1)) }
    if token.kind == .open {
      try advance()
      let filter = try disjunction(depth: depth + 1)
      try expect(.close, ")")
      return filter
    }
    return try term()
  }

  private mutating func term() throws(FilterError) -> Filter<Field> {
    try count()
    guard case .word(let word) = token.kind else { throw error("a field is expected") }
    if word == "startswith" || word == "contains" { return try function(word) }
    let field = try self.field()
    guard case .word(let operation) = token.kind else { throw error("an operator is expected") }
    if operation == "in" {
      try advance()
      return .oneOf(field, try list(of: field))
    }
    guard let comparison = FilterComparison(rawValue: operation) else {
      throw error("\(operation.printable) is no operator here: eq, ne, gt, ge, lt, le or in")
    }
    let place = token
    try advance()
    let value = try self.value(for: field)
    guard (value != .null && field.kind != .flag) || comparison == .eq || comparison == .ne else {
      throw FilterError(problem: "null, true and false can only be compared with eq and ne", position: place.position)
    }
    return .comparison(field, comparison, value)
  }

  private mutating func function(_ name: String) throws(FilterError) -> Filter<Field> {
    try advance()
    try expect(.open, "(")
    let place = token.position
    let field = try self.field()
    guard field.kind == .text || field.kind == .name else {
      throw FilterError(problem: "\(name) takes a text, and \(field.rawValue) is none", position: place)
    }
    try expect(.comma, "a comma")
    guard case .string(let text) = token.kind else { throw error("a string in single quotes is expected") }
    try advance()
    try expect(.close, ")")
    return name == "contains" ? .contains(field, text) : .startsWith(field, text)
  }

  private mutating func field() throws(FilterError) -> Field {
    guard case .word(let name) = token.kind, let field = Field(rawValue: name) else {
      if case .word(let name) = token.kind { throw error("there is no field \(name.printable)") }
      throw error("a field is expected")
    }
    try advance()
    return field
  }

  private mutating func list(of field: Field) throws(FilterError) -> [FilterValue] {
    try expect(.open, "(")
    var values = [try value(for: field)]
    while token.kind == .comma {
      try count()
      try advance()
      values.append(try value(for: field))
    }
    try expect(.close, ")")
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
    case .text, .name: "\(field.rawValue) is compared with a string in single quotes, or null"
    case .number, .id: "\(field.rawValue) is compared with a whole number, or null"
    case .flag: "\(field.rawValue) is compared with true or false"
    case .time: "\(field.rawValue) is compared with a time without quotes, 2026-03-01T14:00:00Z, or null"
    }
  }

  private mutating func count() throws(FilterError) {
    terms += 1
    guard terms <= Self.maximumTerms else { throw error("it has more than \(Self.maximumTerms) comparisons") }
  }
}
