/// A regular expression whose matching time grows linearly with the length of the text.
///
/// The pattern is compiled to a nondeterministic automaton. The automaton is simulated with all of its states at the
/// same time (Thompson 1968), so there is no backtracking. These features need backtracking, so they are refused when
/// the pattern is read: backreferences, lookahead, lookbehind, and atomic groups.
package struct LinearPattern: Sendable {
  /// The maximum number of instructions of the automaton.
  ///
  /// A check costs at most this number of steps for each character of the text. The limit is high enough for a pattern
  /// of several hundred characters.
  static let maximumSize = 2000

  /// The text of the pattern.
  package let text: String
  private let program: [Instruction]
  private let ignoresCase: Bool

  /// An instruction of the automaton.
  enum Instruction: Sendable {
    /// Accepts one character of a set, and continues with the next instruction.
    case character(CharacterClass)
    /// Continues with two instructions at the same time.
    ///
    /// The associated values are the positions of the instructions in the program.
    case split(Int, Int)
    case jump(Int)
    /// Continues with the next instruction if the current position meets a condition.
    case check(Position)
    /// The pattern matches if the text ends here.
    case end
  }

  /// A condition on a position in the text.
  enum Position: Sendable {
    case start, end, wordBoundary, notWordBoundary
  }

  /// Compiles a pattern.
  ///
  /// - Throws: an error with the position of the problem, if the pattern is not valid or not supported.
  package init(_ text: String) throws(PatternError) {
    self.text = text
    var parser = try PatternParser(text)
    let expression = try parser.pattern()
    ignoresCase = parser.ignoresCase
    var compiler = PatternCompiler()
    try compiler.add(expression)
    program = compiler.program + [.end]
  }

  /// Returns whether the pattern matches the whole text.
  package func matchesWhole(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    var current = StateSet(size: program.count)
    var next = StateSet(size: program.count)
    add(0, to: &current, at: 0, scalars)
    for (index, scalar) in scalars.enumerated() {
      if current.states.isEmpty { return false }
      for state in current.states {
        if case .character(let set) = program[state], set.contains(scalar, ignoringCase: ignoresCase) {
          add(state + 1, to: &next, at: index + 1, scalars)
        }
      }
      swap(&current, &next)
      next.removeAll()
    }
    return current.states.contains(program.count - 1)
  }

  /// Adds a state and all states that the automaton reaches from it without reading a character.
  private func add(_ state: Int, to set: inout StateSet, at index: Int, _ text: [Unicode.Scalar]) {
    var waiting = [state]
    while let state = waiting.popLast() {
      guard set.insert(state) else { continue }
      switch program[state] {
      case .split(let first, let second): waiting += [second, first]
      case .jump(let target): waiting.append(target)
      case .check(let position): if position.holds(at: index, in: text) { waiting.append(state + 1) }
      case .character, .end: break
      }
    }
  }
}

/// The set of all states that the automaton has at one position of the text.
private struct StateSet {
  private(set) var states: [Int] = []
  private var isMember: [Bool]

  init(size: Int) {
    isMember = Array(repeating: false, count: size)
  }

  /// Adds a state, and returns false if the set already contains the state.
  mutating func insert(_ state: Int) -> Bool {
    if isMember[state] { return false }
    isMember[state] = true
    states.append(state)
    return true
  }

  mutating func removeAll() {
    for state in states { isMember[state] = false }
    states.removeAll(keepingCapacity: true)
  }
}

extension LinearPattern.Position {
  fileprivate func holds(at index: Int, in text: [Unicode.Scalar]) -> Bool {
    switch self {
    case .start: index == 0
    case .end: index == text.count
    case .wordBoundary: isBoundary(index, text)
    case .notWordBoundary: !isBoundary(index, text)
    }
  }

  private func isBoundary(_ index: Int, _ text: [Unicode.Scalar]) -> Bool {
    let before = index > 0 && CharacterClass.isWord(text[index - 1])
    let after = index < text.count && CharacterClass.isWord(text[index])
    return before != after
  }
}

/// The reason why a pattern can't be used.
package struct PatternError: Error, Sendable, CustomStringConvertible {
  /// The problem, as a clause.
  package let problem: String
  /// The number of characters in front of the problem, or nil if the problem concerns the whole pattern.
  package let position: Int?

  package var description: String { position.map { "\(problem), at position \($0 + 1)" } ?? problem }
}
