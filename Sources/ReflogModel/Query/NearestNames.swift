/// The recorded names that are most like a text of a filter that no recorded name contains.
package struct NearestNames: Hashable, Sendable {
  /// The text in the filter.
  package let text: String
  /// The names, the most similar first.
  package let names: [String]

  /// Creates the result for a text.
  package init(text: String, names: [String]) {
    (self.text, self.names) = (text, names)
  }
}
