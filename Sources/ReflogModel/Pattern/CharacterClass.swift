/// A set of characters in a ``LinearPattern``, such as `[a-z]` or `\d`.
struct CharacterClass: Sendable {
  /// A part of a set.
  enum Part: Sendable {
    case range(ClosedRange<Unicode.Scalar>)
    case digit, notDigit, word, notWord, space, notSpace, newline
  }

  var parts: [Part]
  var isNegated = false

  /// The characters that `.` matches: all characters except line breaks.
  static let any = CharacterClass(parts: [.newline], isNegated: true)

  /// Returns whether a character is in the set.
  ///
  /// If `ignoringCase` is true, upper and lower case of a letter count as equal.
  func contains(_ scalar: Unicode.Scalar, ignoringCase: Bool) -> Bool {
    var isMember = parts.contains { $0.contains(scalar) }
    if !isMember, ignoringCase {
      let properties = scalar.properties
      isMember = [properties.lowercaseMapping, properties.uppercaseMapping].contains { mapping in
        guard let mapped = mapping.unicodeScalars.first, mapping.unicodeScalars.count == 1 else { return false }
        return parts.contains { $0.contains(mapped) }
      }
    }
    return isMember != isNegated
  }

  /// Returns whether a character is a letter, a mark, a digit or an underscore.
  static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.properties.isAlphabetic { return true }
    return switch scalar.properties.generalCategory {
    case .decimalNumber, .connectorPunctuation, .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }
}

extension CharacterClass.Part {
  fileprivate func contains(_ scalar: Unicode.Scalar) -> Bool {
    switch self {
    case .range(let range): range.contains(scalar)
    case .digit: scalar.properties.generalCategory == .decimalNumber
    case .notDigit: scalar.properties.generalCategory != .decimalNumber
    case .word: CharacterClass.isWord(scalar)
    case .notWord: !CharacterClass.isWord(scalar)
    case .space: scalar.properties.isWhitespace
    case .notSpace: !scalar.properties.isWhitespace
    case .newline: ("\u{A}"..."\u{D}").contains(scalar) || ["\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
    }
  }
}
