/// Finds words and names that are similar to a misspelt word.
package enum Spelling {
  /// The maximum number of typing errors in a word that is still recognized.
  private static let mostErrors = 2

  /// Returns the word that is most similar to a misspelt word, or nil if no word is similar.
  package static func nearest(to misspelt: String, among words: [String]) -> String? {
    let found = words.map { (word: $0, errors: errors(Array(misspelt.utf8), Array($0.utf8))) }
      .filter { $0.errors <= min(mostErrors, misspelt.utf8.count / 2) }
    return found.min { $0.errors < $1.errors }?.word
  }

  /// The minimum length, in bytes, of a text for which similar names are proposed.
  private static let shortestText = 3

  /// Returns the names that contain a part that is similar to a misspelt text.
  ///
  /// The most similar name is first.
  ///
  /// Upper and lower case count as equal. The result is empty if no name contains a similar part.
  ///
  /// - Parameters:
  ///   - misspelt: A text that no name contains.
  ///   - names: The names.
  ///   - limit: The maximum number of names.
  package static func names(like misspelt: String, among names: some Sequence<String>, limit: Int) -> [String] {
    let text = Array(misspelt.lowercased().utf8)
    guard (shortestText...longestWord).contains(text.count) else { return [] }
    let most = min(mostErrors, text.count / shortestText)
    return names.map { name -> (name: String, errors: Int, difference: Int) in
      let bytes = Array(name.lowercased().utf8.prefix(2 * longestWord))
      return (name, errors(text, bytes, inPart: true), abs(bytes.count - text.count))
    }
    .filter { $0.errors <= most }
    .sorted { ($0.errors, $0.difference, $0.name) < ($1.errors, $1.difference, $1.name) }
    .prefix(limit).map(\.name)
  }

  /// The maximum length, in bytes, of a word that is compared.
  private static let longestWord = 64

  /// Returns the number of typing errors between two words: letters that are missing, added, wrong, or exchanged with
  /// the next letter (the optimal string alignment distance).
  ///
  /// If `inPart` is true, the first word is compared with every part of the second word. The result is then the lowest
  /// number of errors for any part.
  private static func errors(_ left: [UInt8], _ right: [UInt8], inPart: Bool = false) -> Int {
    // A misspelt word can be very long, for example a whole line of text. The comparison of long words takes too much
    // time, so long words are not compared.
    guard left.count <= longestWord, inPart || abs(left.count - right.count) <= mostErrors else { return .max }
    var (before, above) = ([Int](), inPart ? Array(repeating: 0, count: right.count + 1) : Array(0...right.count))
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let cost = left[row] == right[column] ? 0 : 1
        var least = min(above[column + 1] + 1, current[column] + 1, above[column] + cost)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          least = min(least, before[column - 1] + 1)
        }
        current.append(least)
      }
      (before, above) = (above, current)
    }
    return inPart ? above.min() ?? left.count : above[right.count]
  }
}
