extension String {
  /// The text as it may be shown on a terminal or in a log: control characters, which could drive the one and forge lines
  /// in the other, are replaced.
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
