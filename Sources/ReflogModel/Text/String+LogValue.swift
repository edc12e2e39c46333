extension String {
  /// The maximum length, in Unicode scalars, of a value in a line of the service's log.
  ///
  /// Even the longest error message, with all of its causes, is shorter.
  private static let longestLogValue = 4096

  /// The text as a value in a line of the service's log.
  ///
  /// The value is on one line and has a limited length. A value is written in quotes if it is empty or contains a
  /// space, an equals sign, a quote or a square bracket. So a text from a caller or the directory can't look like
  /// another `name=value` in the line. A quote in the text becomes an apostrophe.
  package var logValue: String {
    let text = limited(to: Self.longestLogValue).printable
    guard text.isEmpty || text.utf8.contains(where: { " =\"[]".utf8.contains($0) }) else { return text }
    return "\"\(text.replacing("\"", with: "'"))\""
  }
}
