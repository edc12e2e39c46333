extension String {
  /// The text with control and format characters replaced, so it can be shown on a terminal or in a log.
  ///
  /// Such characters could control the terminal, or could forge lines in the log.
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
