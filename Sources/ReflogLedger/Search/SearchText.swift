/// A text as the index of reasons stores and finds it.
///
/// All letters are in lower case, with the same rules as the filter function `tolower`. If a reason contains a text,
/// then the stored form of the reason contains the stored form of the text. This is also true if the filter
/// distinguishes upper and lower case.
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

  /// The number of letters with a form in lower case, which identifies the rules that change a text to its stored form.
  package static let knownLetters = UpperCaseLetters.count

  /// The maximum number of trigrams in a search.
  private static let maximumTrigrams = 16

  /// The positions of the sequences of three letters (trigrams) with which this text is searched.
  ///
  /// The array is empty if the text has fewer than three letters. Each stored text that contains this text contains all
  /// of these trigrams.
  private var searched: [Int] {
    let last = letters.count - 3
    guard last >= 0 else { return [] }
    let count = min(last + 1, Self.maximumTrigrams)
    return count == 1 ? [0] : (0..<count).map { $0 * last / (count - 1) }
  }

  /// The trigrams with which this text is searched, as terms of SQLite's full-text search.
  ///
  /// The array is empty if the text has fewer than three letters.
  var terms: [String] {
    let terms = Set(searched.map { Self.text(letters[$0..<$0 + 3]) })
    return terms.sorted().map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
  }

  /// All trigrams of the text, as numbers.
  package var trigrams: [Int64] { letters.indices.dropLast(2).map(trigram) }

  /// The trigrams with which this text is searched, as numbers.
  ///
  /// The array is empty if the text has fewer than three letters. Each text that contains this text has all of these
  /// trigrams.
  package var searchedTrigrams: [Int64] { searched.map(trigram) }

  /// Returns the number of the trigram at a position; a letter needs 21 bits.
  private func trigram(at index: Int) -> Int64 {
    letters[index..<index + 3].reduce(0) { $0 << 21 | Int64($1.value) }
  }

  private static func text(_ letters: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: letters)
    return String(text)
  }
}
