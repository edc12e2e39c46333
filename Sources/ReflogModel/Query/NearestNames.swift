/// The recorded names that are most similar to a text in a filter.
///
/// No recorded name contains the text, so the text is possibly misspelt.
package struct NearestNames: Hashable, Sendable {
  /// The text in the filter.
  package let text: String
  /// The recorded names, with the most similar name first.
  package let names: [String]

  /// Creates the list of names for a text.
  package init(text: String, names: [String]) {
    (self.text, self.names) = (text, names)
  }
}
