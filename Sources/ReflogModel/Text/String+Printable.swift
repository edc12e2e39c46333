extension String {
  /// The text with control and format characters replaced.
  ///
  /// The result is safe on a terminal and in a log. Control and format characters in a text from outside could control
  /// the terminal, or could add false lines to the log.
  package var printable: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
          default: scalar
          }
        }
      )
    )
  }
}
