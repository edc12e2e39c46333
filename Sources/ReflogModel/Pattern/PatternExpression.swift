/// A part of a regular expression, in the form that the parser returns.
indirect enum PatternExpression: Sendable {
  case character(CharacterClass)
  case check(LinearPattern.Position)
  case sequence([PatternExpression])
  case choice([PatternExpression])
  /// A part that is repeated.
  ///
  /// `maximum` is nil if the number of repetitions has no limit.
  case repetition(PatternExpression, minimum: Int, maximum: Int?)
}

/// Compiles expressions to the program of an automaton.
struct PatternCompiler {
  private(set) var program: [LinearPattern.Instruction] = []

  /// Appends the instructions of an expression.
  mutating func add(_ expression: PatternExpression) throws(PatternError) {
    switch expression {
    case .character(let set): try append(.character(set))
    case .check(let position): try append(.check(position))
    case .sequence(let parts): for part in parts { try add(part) }
    case .choice(let choices): try add(choices[...])
    case .repetition(let part, let minimum, let maximum):
      for _ in 0..<minimum {
        let size = program.count
        try add(part)
        // An empty part, such as `()`, adds no instruction. More repetitions of the part would also add no instruction,
        // so the loop ends.
        if program.count == size { break }
      }
      if let maximum { try addOptional(part, times: maximum - minimum) } else { try addLoop(part) }
    }
  }

  private mutating func add(_ choices: ArraySlice<PatternExpression>) throws(PatternError) {
    guard let first = choices.first else { return }
    guard choices.count > 1 else { return try add(first) }
    let split = try append(.split(0, 0))
    try add(first)
    let jump = try append(.jump(0))
    program[split] = .split(split + 1, program.count)
    try add(choices.dropFirst())
    program[jump] = .jump(program.count)
  }

  /// Appends an expression that can occur any number of times.
  private mutating func addLoop(_ part: PatternExpression) throws(PatternError) {
    let split = try append(.split(0, 0))
    try add(part)
    try append(.jump(split))
    program[split] = .split(split + 1, program.count)
  }

  /// Appends an expression that can occur at most `times` times.
  private mutating func addOptional(_ part: PatternExpression, times: Int) throws(PatternError) {
    var splits: [Int] = []
    for _ in 0..<times {
      splits.append(try append(.split(0, 0)))
      try add(part)
    }
    for split in splits { program[split] = .split(split + 1, program.count) }
  }

  @discardableResult
  private mutating func append(_ instruction: LinearPattern.Instruction) throws(PatternError) -> Int {
    guard program.count < LinearPattern.maximumSize else {
      throw PatternError(problem: "the pattern is too large. Use fewer or smaller repetitions", position: nil)
    }
    program.append(instruction)
    return program.count - 1
  }
}
