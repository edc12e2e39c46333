extension String {
  /// The text, or nil if the text is empty or consists of spaces and line breaks alone.
  package var unlessBlank: String? { allSatisfy(\.isWhitespace) ? nil : self }
}
