/// A pattern that the reason of every change must match.
package struct ReasonRule: Sendable {
  /// A regular expression.
  package let pattern: String

  /// Creates a rule.
  ///
  /// - Parameter pattern: a regular expression that must match the whole reason.
  /// - Throws: the error of `Regex` if the pattern is not valid.
  package init(pattern: String) throws {
    _ = try Regex(pattern)
    self.pattern = pattern
  }

  /// Returns whether the pattern matches the whole reason.
  ///
  /// Returns false if there is no reason.
  func permits(_ reason: String?) -> Bool {
    // A `Regex` can't be shared between threads, so each check creates a new `Regex`. That needs only microseconds.
    guard let reason, let regex = try? Regex(pattern) else { return false }
    return (try? regex.wholeMatch(in: reason)) != nil
  }
}
