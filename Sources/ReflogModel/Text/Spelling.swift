/// Finds the word that a misspelt word probably means.
package enum Spelling {
  /// The maximum number of typing errors in a word that is still recognized.
  private static let mostErrors = 2

  /// Returns the word that is most similar to a misspelt word, or nil if no word is similar.
  package static func nearest(to misspelt: String, among words: [String]) -> String? {
    let found = words.map { (word: $0, errors: errors(Array(misspelt.utf8), Array($0.utf8))) }
      .filter { $0.errors <= min(mostErrors, misspelt.utf8.count / 2) }
    return found.min { $0.errors < $1.errors }?.word
  }

  /// Returns the number of typing errors between two words: letters that are missing, added, wrong, or exchanged with
  /// the next letter (the optimal string alignment distance).
  private static func errors(_ left: [UInt8], _ right: [UInt8]) -> Int {
    // A misspelt word can be as long as a command line, so long words are not compared.
    guard left.count <= 64, abs(left.count - right.count) <= mostErrors else { return .max }
    var (before, above) = ([Int](), Array(0...right.count))
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
    return above[right.count]
  }
}
