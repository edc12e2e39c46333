extension String {
  /// The text as it may be shown on a terminal or in a log, with control and format characters replaced.
  ///
  /// They could control the terminal, or forge lines of the log.
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
