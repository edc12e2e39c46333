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

  /// Whether the pattern matches the whole reason.
  ///
  /// It never matches a missing one.
  func permits(_ reason: String?) -> Bool {
    // A `Regex` can't be shared between threads. To make one takes microseconds.
    guard let reason, let regex = try? Regex(pattern) else { return false }
    return (try? regex.wholeMatch(in: reason)) != nil
  }
}
