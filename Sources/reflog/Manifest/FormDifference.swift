/// A difference in form that another program causes when it saves a file. The content of the rows is unchanged.
enum FormDifference: String, CaseIterable {
  case byteOrderMark = "byte order mark"
  case lineEnds = "line ends"
  case separators
  case quotes
  case emptyRows = "empty rows"

  /// Returns the end of a message that lists the differences.
  ///
  /// - Parameters:
  ///   - differences: The differences. If the set is empty, only empty cells at the ends of rows differ.
  ///   - content: The content that agrees: the rows or the text.
  static func sentence(_ differences: Set<FormDifference>, andThe content: String) -> String {
    let words = allCases.filter(differences.contains).map(\.rawValue)
    let all = words.isEmpty ? ["empty cells"] : words
    let list = all.count == 1 ? all[0] : all.dropLast().joined(separator: ", ") + " and " + all[all.count - 1]
    let verb = differences == [.byteOrderMark] ? "differs" : "differ"
    return "changed since: \(list) \(verb), the \(content)."
  }
}
