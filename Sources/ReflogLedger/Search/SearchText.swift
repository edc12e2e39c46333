/// A text as the index of reasons stores and finds it.
///
/// All letters are in lower case, with the same rules as the filter function `tolower`. If a reason contains a text,
/// then the stored form of the reason contains the stored form of the text, also if the filter distinguishes upper and
/// lower case.
package struct SearchText: Sendable {
  /// The letters of the stored form.
  private let letters: [Unicode.Scalar]

  /// Creates the stored form of a text.
  package init(_ text: String) {
    var letters: [Unicode.Scalar] = []
    for letter in text.unicodeScalars {
      switch letter.value {
      // SQLite's tokenizer would end at a NUL.
      case 0: letters.append("\u{FFFD}")
      case 0x41...0x5A: letters.append(Unicode.Scalar(UInt8(letter.value + 0x20)))
      case ..<0x80: letters.append(letter)
      default: letters += letter.properties.lowercaseMapping.unicodeScalars
      }
    }
    self.letters = letters
  }

  /// The text in the stored form.
  var stored: String { Self.text(letters[...]) }

  /// The maximum number of ``terms``.
  private static let maximumTerms = 16

  /// Trigrams of this text, as terms of SQLite's full-text search.
  ///
  /// The array is empty if the text has fewer than three letters. A trigram is a sequence of three letters. Each stored
  /// text that contains this text contains all of these trigrams.
  var terms: [String] {
    let last = letters.count - 3
    guard last >= 0 else { return [] }
    let count = min(last + 1, Self.maximumTerms)
    let starts = count == 1 ? [0] : (0..<count).map { $0 * last / (count - 1) }
    let terms = Set(starts.map { Self.text(letters[$0..<$0 + 3]) })
    return terms.sorted().map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
  }

  private static func text(_ letters: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: letters)
    return String(text)
  }
}
