/// The name of an API token, as people read it.
///
/// The name has only visible characters and single spaces, so two names never differ only in
/// invisible characters.
package struct TokenName: Hashable, Sendable {
  /// The name, without spaces at the start and at the end.
  package let text: String

  /// The maximum length of a name in bytes.
  private static let limit = 128

  /// Reads a name, or returns nil if it is not valid.
  ///
  /// White space at both ends is removed. The remaining text must have 1 to 128 bytes. It can contain letters, digits,
  /// marks, punctuation, symbols and single spaces.
  package init?(_ text: String) {
    var scalars = text.unicodeScalars[...]
    while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
    while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    let name = String(scalars)
    guard let first = scalars.first, first.isVisible(after: nil), name.utf8.count <= Self.limit,
      zip(scalars, scalars.dropFirst()).allSatisfy({ before, scalar in scalar.isVisible(after: before) })
    else { return nil }
    self.text = name
  }

  /// Returns whether people can confuse two names.
  ///
  /// Two names can be confused if they differ only in case, or if they look alike. See `LookAlikes` for the characters
  /// that count as looking alike.
  package func canBeConfused(with other: String) -> Bool {
    // Some letters look alike only in one case: people can confuse `I` and `l`, but not `i` and `l`. So the names are
    // compared twice: as they are written, and in lower case.
    LookAlikes.shape(of: text) == LookAlikes.shape(of: other)
      || LookAlikes.shape(of: text.lowercased()) == LookAlikes.shape(of: other.lowercased())
  }
}

extension Unicode.Scalar {
  /// Returns whether a person can see this character when the character `before` is in front of it.
  ///
  /// `before` is nil for the first character of a text.
  fileprivate func isVisible(after before: Unicode.Scalar?) -> Bool {
    // People can't read these three characters. U+2800 is an empty Braille cell. U+FFFC stands for an object that is
    // not part of the text. U+FFFD stands for a letter that was lost.
    if ["\u{2800}", "\u{FFFC}", "\u{FFFD}"].contains(self) || properties.isDefaultIgnorableCodePoint { return false }
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol,
      .otherSymbol:
      return true
    case .nonspacingMark, .spacingMark: return before != nil && before != " "
    case .spaceSeparator: return self == " " && before != nil && before != " "
    case .enclosingMark, .lineSeparator, .paragraphSeparator, .control, .format, .surrogate, .privateUse, .unassigned:
      return false
    @unknown default: return false
    }
  }
}
