extension String {
  /// Whether the text is empty or consists of spaces and line breaks alone.
  package var isBlank: Bool { allSatisfy(\.isWhitespace) }

  /// The text, or nil if the text is empty or consists of spaces and line breaks alone.
  package var unlessBlank: String? { isBlank ? nil : self }
}
