/// Reads the text of a ``LinearPattern``.
///
/// The syntax is the common part of the usual dialects: characters, `.`, sets, groups, alternatives, the quantifiers
/// `* + ? {n} {n,} {,m} {n,m}`, the positions `^ $ \b \B`, the classes `\d \D \w \W \s \S`, and `(?i)` at the start.
struct PatternParser {
  /// The maximum depth of nested groups.
  private static let maximumDepth = 50
  /// The maximum number in the braces of a quantifier such as `{2,5}`.
  private static let maximumRepetitions = 1000

  private let scalars: [Unicode.Scalar]
  private var position = 0
  private(set) var ignoresCase = false

  init(_ text: String) throws(PatternError) {
    scalars = Array(text.unicodeScalars)
    if scalars.starts(with: "(?i)".unicodeScalars) {
      ignoresCase = true
      position = 4
    }
  }

  /// Reads the whole pattern.
  mutating func pattern() throws(PatternError) -> PatternExpression {
    let expression = try choice(depth: 0)
    guard position == scalars.count else { throw error("')' has no matching '('") }
    return expression
  }

  private mutating func choice(depth: Int) throws(PatternError) -> PatternExpression {
    guard depth < Self.maximumDepth else { throw error("groups are nested deeper than \(Self.maximumDepth) levels") }
    var choices = [try sequence(depth: depth)]
    while take("|") { choices.append(try sequence(depth: depth)) }
    return choices.count == 1 ? choices[0] : .choice(choices)
  }

  private mutating func sequence(depth: Int) throws(PatternError) -> PatternExpression {
    var parts: [PatternExpression] = []
    while let scalar = peek, scalar != "|", scalar != ")" {
      let atom = try atom(depth: depth)
      parts.append(try quantified(atom))
    }
    return .sequence(parts)
  }

  private mutating func quantified(_ atom: PatternExpression) throws(PatternError) -> PatternExpression {
    let start = position
    let expression: PatternExpression
    switch peek {
    case "*": (expression, position) = (.repetition(atom, minimum: 0, maximum: nil), position + 1)
    case "+": (expression, position) = (.repetition(atom, minimum: 1, maximum: nil), position + 1)
    case "?": (expression, position) = (.repetition(atom, minimum: 0, maximum: 1), position + 1)
    case "{": expression = try braces(after: atom)
    default: return atom
    }
    // A lazy quantifier such as `+?` matches the same texts as `+`, because a pattern must match the whole text. So the
    // question mark is ignored.
    if take("?") { return expression }
    if let scalar = peek, ["*", "+", "{"].contains(scalar) {
      throw PatternError(problem: "a quantifier follows another quantifier", position: start + 1)
    }
    return expression
  }

  /// Reads `{n}`, `{n,}`, `{,m}` or `{n,m}`.
  private mutating func braces(after atom: PatternExpression) throws(PatternError) -> PatternExpression {
    let start = position
    position += 1
    let minimum = try number()
    let hasComma = take(",")
    let maximum = hasComma ? try number() : minimum
    guard take("}"), minimum != nil || (hasComma && maximum != nil), (minimum ?? 0) <= (maximum ?? .max) else {
      throw PatternError(problem: "'{' does not begin a valid repetition. Write \\{ for the character", position: start)
    }
    return .repetition(atom, minimum: minimum ?? 0, maximum: maximum)
  }

  private mutating func number() throws(PatternError) -> Int? {
    let start = position
    while let scalar = peek, ("0"..."9").contains(scalar) { position += 1 }
    guard position > start else { return nil }
    guard let number = Int(String(String.UnicodeScalarView(scalars[start..<position]))),
      number <= Self.maximumRepetitions
    else {
      throw PatternError(
        problem: "a repetition has more than \(Self.maximumRepetitions) times",
        position: start
      )
    }
    return number
  }

  private mutating func atom(depth: Int) throws(PatternError) -> PatternExpression {
    guard let scalar = peek else { throw error("the pattern ends too early") }
    position += 1
    switch scalar {
    case ".": return .character(.any)
    case "^": return .check(.start)
    case "$": return .check(.end)
    case "(": return try group(depth: depth)
    case "[": return .character(try set())
    case "\\": return try escape()
    case "*", "+", "?", "{":
      throw PatternError(problem: "a quantifier has nothing to repeat", position: position - 1)
    default: return .character(CharacterClass(parts: [.range(scalar...scalar)]))
    }
  }

  private mutating func group(depth: Int) throws(PatternError) -> PatternExpression {
    let start = position - 1
    if take("?") {
      if take(":") {
        // `(?:` begins a group without a name, so there is no name to read.
      } else if take("P"), peek == "<" {
        try name(start)
      } else if peek == "<", position + 1 < scalars.count, !["=", "!"].contains(scalars[position + 1]) {
        try name(start)
      } else {
        throw PatternError(
          problem: "this group is not supported. Use (…), (?:…) or (?<name>…), or (?i) at the start of the pattern",
          position: start
        )
      }
    }
    let expression = try choice(depth: depth + 1)
    guard take(")") else { throw PatternError(problem: "'(' has no matching ')'", position: start) }
    return expression
  }

  private mutating func name(_ start: Int) throws(PatternError) {
    position += 1
    let first = position
    while let scalar = peek, CharacterClass.isWord(scalar) { position += 1 }
    guard position > first, take(">") else {
      throw PatternError(problem: "a group's name is not valid", position: start)
    }
  }

  private mutating func set() throws(PatternError) -> CharacterClass {
    let start = position - 1
    var set = CharacterClass(parts: [], isNegated: take("^"))
    while let scalar = peek, scalar != "]" || set.parts.isEmpty {
      let first = try member(scalar, start)
      guard peek == "-", position + 1 < scalars.count, scalars[position + 1] != "]",
        case .range(let low) = first
      else {
        set.parts.append(first)
        continue
      }
      position += 1
      guard let end = peek, case .range(let high) = try member(end, start), low.lowerBound <= high.lowerBound else {
        throw PatternError(problem: "a range of characters is not valid", position: position - 1)
      }
      set.parts.append(.range(low.lowerBound...high.lowerBound))
    }
    guard take("]") else { throw PatternError(problem: "'[' has no matching ']'", position: start) }
    return set
  }

  private mutating func member(_ scalar: Unicode.Scalar, _ start: Int) throws(PatternError) -> CharacterClass.Part {
    position += 1
    switch scalar {
    case "\\": return try escapedPart()
    case "[": throw PatternError(problem: "a set contains '['. Write \\[ for the character", position: position - 1)
    default: return .range(scalar...scalar)
    }
  }

  private mutating func escape() throws(PatternError) -> PatternExpression {
    switch peek {
    case "b":
      position += 1
      return .check(.wordBoundary)
    case "B":
      position += 1
      return .check(.notWordBoundary)
    default: return .character(CharacterClass(parts: [try escapedPart()]))
    }
  }

  /// Reads the characters that follow a backslash.
  private mutating func escapedPart() throws(PatternError) -> CharacterClass.Part {
    guard let scalar = peek else { throw error("the pattern ends with a backslash") }
    position += 1
    switch scalar {
    case "d": return .digit
    case "D": return .notDigit
    case "w": return .word
    case "W": return .notWord
    case "s": return .space
    case "S": return .notSpace
    case "t": return .range("\t"..."\t")
    case "n": return .range("\n"..."\n")
    case "r": return .range("\r"..."\r")
    default:
      let isLetterOrDigit = CharacterClass.isWord(scalar) && scalar != "_"
      guard !isLetterOrDigit else {
        throw PatternError(problem: "\\\(scalar) is not supported", position: position - 2)
      }
      return .range(scalar...scalar)
    }
  }

  private var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    position += 1
    return true
  }

  private func error(_ problem: String) -> PatternError {
    PatternError(problem: problem, position: position)
  }
}
