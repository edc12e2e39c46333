/// Reads filters in a subset of OData's syntax (OData 4.01 URL Conventions §5.1.1).
///
/// The subset consists of `eq ne gt ge lt le`, `in ( )`, `startswith`, `contains`, `tolower`, `not`, `and`, `or` and
/// parentheses. `not` is applied before `and`, and `and` is applied before `or`. Operators, functions, `null`, `true`
/// and `false` can be in upper or lower case. A literal can be on the left of an operator. A boolean field or a
/// function can be compared with `true` and `false`, or can be a condition itself.
struct FilterParser<Field: FilterField> {
  /// The maximum length of a filter in bytes.
  ///
  /// Filters that people and programs write are usually much shorter.
  static var maximumLength: Int { 8192 }
  /// The maximum depth of nested parentheses and `not`.
  static var maximumDepth: Int { 32 }
  /// The maximum number of comparisons.
  ///
  /// Each value in a list counts as one comparison.
  static var maximumTerms: Int { 200 }

  /// A part of a filter that can be on one side of an operator.
  enum Operand {
    case field(Field)
    /// The text of a field in lower case.
    case lowerCase(Field)
    /// A literal.
    ///
    /// The type of the literal is known only when the literal is compared with a field.
    case literal(FilterLexer.Token)
    case condition(Filter<Field>)
  }

  private(set) var lexer: FilterLexer
  private(set) var token: FilterLexer.Token
  private var terms = 0

  static func parse(_ text: String) throws(FilterError) -> Filter<Field> {
    guard text.utf8.count <= maximumLength else {
      throw FilterError(problem: "the filter is longer than \(maximumLength) bytes", position: maximumLength)
    }
    var parser = try FilterParser(text)
    let operand = try parser.disjunction(depth: 0)
    let filter = try parser.condition(operand)
    guard parser.token.kind == .end else { throw parser.error("expected 'and', 'or' or the end of the filter") }
    return filter
  }

  private init(_ text: String) throws(FilterError) {
    lexer = FilterLexer(text)
    token = try lexer.next()
  }

  func error(_ problem: String) -> FilterError {
    FilterError(problem: problem, position: token.position)
  }

  mutating func advance() throws(FilterError) {
    token = try lexer.next()
  }

  private mutating func take(_ keyword: String) throws(FilterError) -> Bool {
    guard FilterLiteral.isKeyword(token, keyword) else { return false }
    try advance()
    return true
  }

  mutating func expect(_ kind: FilterLexer.Token.Kind, _ sign: String) throws(FilterError) {
    guard token.kind == kind else { throw error("expected \(sign)") }
    try advance()
  }

  private mutating func disjunction(depth: Int) throws(FilterError) -> Operand {
    var left = try conjunction(depth: depth)
    while FilterLiteral.isKeyword(token, "or") {
      let filter = try condition(left)
      try advance()
      let right = try conjunction(depth: depth)
      left = .condition(.or(filter, try condition(right)))
    }
    return left
  }

  private mutating func conjunction(depth: Int) throws(FilterError) -> Operand {
    var left = try negation(depth: depth)
    while FilterLiteral.isKeyword(token, "and") {
      let filter = try condition(left)
      try advance()
      let right = try negation(depth: depth)
      left = .condition(.and(filter, try condition(right)))
    }
    return left
  }

  private mutating func negation(depth: Int) throws(FilterError) -> Operand {
    guard depth < Self.maximumDepth else { throw error("the filter is nested deeper than \(Self.maximumDepth) levels") }
    guard try take("not") else { return try comparison(depth: depth) }
    let inner = try negation(depth: depth + 1)
    return .condition(.not(try condition(inner)))
  }

  /// Returns the condition that an operand represents.
  ///
  /// A field whose value is true or false is a condition even without an operator.
  private func condition(_ operand: Operand) throws(FilterError) -> Filter<Field> {
    switch operand {
    case .condition(let filter): return filter
    case .field(let field) where field.kind == .flag: return .comparison(field, .eq, .flag(true))
    case .field, .lowerCase: throw error("expected an operator. Use eq, ne, gt, ge, lt, le or in")
    case .literal(let literal): throw Self.notAField(literal)
    }
  }

  private mutating func comparison(depth: Int) throws(FilterError) -> Operand {
    let left = try operand(depth: depth)
    guard case .word(let word) = token.kind, !["and", "or"].contains(word.asciiFolded) else { return left }
    if case .literal(let literal) = left, comparisonOperator == nil { throw Self.notAField(literal) }
    if FilterLiteral.isKeyword(token, "in") {
      switch left {
      case .field(let field):
        try advance()
        return .condition(.oneOf(field, try list(of: field)))
      case .lowerCase(let field):
        try advance()
        return .condition(.lowerCase(.oneOf(field, try list(of: field))))
      case .literal, .condition: throw error("'in' needs a field on its left")
      }
    }
    guard let comparison = comparisonOperator else {
      if case .condition = left { return left }
      throw error("there is no operator '\(word.printable)'. Use eq, ne, gt, ge, lt, le or in")
    }
    let position = token.position
    try advance()
    switch left {
    case .field(let field):
      let literal = try literal(for: field, depth: depth)
      return .condition(try Self.compare(field, comparison, literal, at: position))
    case .lowerCase(let field):
      let literal = try literal(for: field, depth: depth)
      return .condition(try Self.compareInLowerCase(field, comparison, literal, at: position))
    case .literal(let literal):
      switch try operand(depth: depth) {
      case .field(let field): return .condition(try Self.compare(field, comparison.mirrored, literal, at: position))
      case .lowerCase(let field):
        return .condition(try Self.compareInLowerCase(field, comparison, literal, at: position))
      case .condition(let filter): return .condition(try Self.compare(filter, comparison, literal, at: position))
      case .literal: throw Self.notAField(literal)
      }
    case .condition(let filter):
      guard case .literal(let literal) = try operand(depth: depth) else { throw Self.notAFlag(position) }
      return .condition(try Self.compare(filter, comparison, literal, at: position))
    }
  }

  /// The comparison operator that the current token represents, or nil if the token is not a comparison operator.
  private var comparisonOperator: FilterComparison? {
    if case .word(let word) = token.kind { FilterComparison(rawValue: word.asciiFolded) } else { nil }
  }

  private static func compare(
    _ field: Field,
    _ comparison: FilterComparison,
    _ literal: FilterLexer.Token,
    at position: Int
  ) throws(FilterError) -> Filter<Field> {
    let reading = try FilterLiteral.read(literal, for: field)
    guard (reading.value != .null && field.kind != .flag) || comparison == .eq || comparison == .ne else {
      throw FilterError(problem: "null, true and false can only be compared with eq and ne", position: position)
    }
    guard !reading.isExact else { return .comparison(field, comparison, reading.value) }
    // The literal has digits after the microseconds. `reading.value` is the latest microsecond that is earlier than the
    // literal. So a field is later than the literal if the field is later than `reading.value`.
    switch comparison {
    case .gt, .ge: return .comparison(field, .gt, reading.value)
    case .lt, .le: return .comparison(field, .le, reading.value)
    case .eq, .ne: throw tooPrecise(literal, field)
    }
  }

  private static func compareInLowerCase(
    _ field: Field,
    _ comparison: FilterComparison,
    _ literal: FilterLexer.Token,
    at position: Int
  ) throws(FilterError) -> Filter<Field> {
    guard comparison == .eq || comparison == .ne else {
      throw FilterError(problem: "tolower can only be compared with eq, ne and in", position: position)
    }
    return .lowerCase(try compare(field, comparison, literal, at: position))
  }

  /// Compares a condition with `true` or `false` (OData 4.01 URL Conventions §5.1.1.7).
  private static func compare(
    _ filter: Filter<Field>,
    _ comparison: FilterComparison,
    _ literal: FilterLexer.Token,
    at position: Int
  ) throws(FilterError) -> Filter<Field> {
    guard comparison == .eq || comparison == .ne, let flag = FilterLiteral.flag(literal) else {
      throw notAFlag(position)
    }
    return flag == (comparison == .eq) ? filter : .not(filter)
  }

  private static func notAFlag(_ position: Int) -> FilterError {
    FilterError(problem: "compare a condition only with true or false, and only with eq or ne", position: position)
  }

  private static func tooPrecise(_ literal: FilterLexer.Token, _ field: Field) -> FilterError {
    FilterError(
      problem: "for eq, ne and in, write at most six digits after the point, because \(field.rawValue) has no more",
      position: literal.position
    )
  }

  static func notAField(_ literal: FilterLexer.Token) -> FilterError {
    guard case .word(let word) = literal.kind, word.utf8.first?.isASCIILetter == true else {
      return FilterError(problem: "expected a field", position: literal.position)
    }
    return FilterError(problem: "there is no field '\(word.printable)'", position: literal.position)
  }

  private mutating func operand(depth: Int) throws(FilterError) -> Operand {
    if token.kind == .open {
      try advance()
      let inner = try disjunction(depth: depth + 1)
      try expect(.close, "')'")
      return inner
    }
    try count()
    switch token.kind {
    case .word(let word):
      let name = word.asciiFolded
      if name == "startswith" || name == "contains" { return .condition(try function(name)) }
      if isLowerCase { return try lowerCase() }
      if let field = Field(rawValue: word) {
        try advance()
        return .field(field)
      }
      try refuseFunction()
    case .string: break
    case .open, .close, .comma, .end: throw error("expected a field")
    }
    let literal = token
    try advance()
    return .literal(literal)
  }

  private mutating func list(of field: Field) throws(FilterError) -> [FilterValue] {
    try expect(.open, "'('")
    var values: [FilterValue] = []
    repeat {
      if !values.isEmpty {
        try count()
        try advance()
      }
      let reading = try FilterLiteral.read(token, for: field)
      guard reading.isExact else { throw Self.tooPrecise(token, field) }
      values.append(reading.value)
      try advance()
    } while token.kind == .comma
    try expect(.close, "')'")
    return values
  }

  /// Returns the literal that a field is compared with.
  ///
  /// The literal can be in parentheses.
  private mutating func literal(for field: Field, depth: Int) throws(FilterError) -> FilterLexer.Token {
    if token.kind == .open {
      guard depth < Self.maximumDepth else {
        throw error("the filter is nested deeper than \(Self.maximumDepth) levels")
      }
      try advance()
      let literal = try literal(for: field, depth: depth + 1)
      try expect(.close, "')'")
      return literal
    }
    if case .word(let word) = token.kind {
      if let other = Field(rawValue: word) {
        throw error("compare \(field.rawValue) with a value, not with the field \(other.rawValue)")
      }
      if isLowerCase { return try lowerCaseLiteral() }
      try refuseFunction()
    }
    let literal = token
    // The literal is checked before the next token is read, so that the error is about the first mistake in the filter.
    _ = try FilterLiteral.read(literal, for: field)
    try advance()
    return literal
  }

  mutating func count() throws(FilterError) {
    terms += 1
    guard terms <= Self.maximumTerms else { throw error("the filter has more than \(Self.maximumTerms) comparisons") }
  }
}

extension FilterComparison {
  /// The operator for the same comparison with exchanged sides, for example `lt` for `gt`.
  fileprivate var mirrored: FilterComparison {
    switch self {
    case .eq: .eq
    case .ne: .ne
    case .gt: .lt
    case .ge: .le
    case .lt: .gt
    case .le: .ge
    }
  }
}
