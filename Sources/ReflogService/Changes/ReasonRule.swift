package import ReflogModel

/// A pattern that the reason of every change must match.
///
/// The time of a check is proportional to the length of the reason, so a long reason can't block the server.
package struct ReasonRule: Sendable {
  private let expression: LinearPattern

  /// The text of the pattern.
  package var pattern: String { expression.text }

  /// Creates a rule.
  ///
  /// - Parameter pattern: A regular expression that must match the whole reason.
  /// - Throws: An error if the pattern is not valid, or if the pattern needs a feature that can't be checked in linear
  ///   time.
  package init(pattern: String) throws(PatternError) {
    expression = try LinearPattern(pattern)
  }

  /// Returns whether the pattern matches the whole reason.
  ///
  /// Returns false if there is no reason.
  func permits(_ reason: String?) -> Bool {
    reason.map(expression.matchesWhole) ?? false
  }
}
