extension String {
  /// The maximum length, in Unicode scalars, of a value in a line of the log.
  ///
  /// Even the longest error message, with all of its causes, is shorter.
  private static let longestLogValue = 4096

  /// The text as a value in a line of the log.
  ///
  /// The value is on one line and has a limited length. A value with a space, an equals sign or a quote is written in
  /// quotes, so a text from a caller or the directory can't look like another `name=value` in the line. A quote in the
  /// text becomes an apostrophe.
  package var logValue: String {
    let text = limited(to: Self.longestLogValue).printable
    guard text.isEmpty || text.utf8.contains(where: { " =\"[]".utf8.contains($0) }) else { return text }
    return "\"\(text.replacing("\"", with: "'"))\""
  }
}
