import ReflogModel

/// A command that a message suggests, with the options that the user gave.
///
/// The text can be copied into a shell.
struct Suggestion: CustomStringConvertible {
  private var words: [String]

  /// Creates a suggestion from a verb and its arguments, without the name of the program.
  init(_ words: String...) {
    self.words = words
  }

  /// Returns the suggestion with an option, or the unchanged suggestion if the value is nil.
  func adding(_ option: String, _ value: String?) -> Suggestion {
    guard let value else { return self }
    var copy = self
    copy.words += [option, value]
    return copy
  }

  /// Returns the suggestion with a flag, or the unchanged suggestion if the flag was not given.
  func adding(_ flag: String, if isGiven: Bool) -> Suggestion {
    guard isGiven else { return self }
    var copy = self
    copy.words.append(flag)
    return copy
  }

  /// Returns the command that checks files against a manifest.
  static func check(_ manifest: String) -> Suggestion { Suggestion("verify", "--manifest", manifest, "--key", "KEY") }

  /// The command as text, with the quotes that a POSIX shell needs.
  var description: String { (["reflog"] + words.map(Self.quoted)).joined(separator: " ") }

  private static func quoted(_ word: String) -> String {
    let isPlain = !word.isEmpty && word.utf8.allSatisfy { $0.isUnreservedInShell }
    return isPlain ? word : "'\(word.replacing("'", with: #"'\''"#))'"
  }
}

extension UInt8 {
  /// Whether the byte has no special meaning in any POSIX shell.
  fileprivate var isUnreservedInShell: Bool {
    isASCIILetter || isASCIIDigit || "_-./:@%+=,".utf8.contains(self)
  }
}
