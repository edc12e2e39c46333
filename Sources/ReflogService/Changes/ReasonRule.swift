/// What the reason of every change must look like.
package struct ReasonRule: Sendable {
  package let pattern: String

  /// - Parameter pattern: a regular expression that the whole reason must match. Throws where it is none.
  package init(pattern: String) throws {
    _ = try Regex(pattern)
    self.pattern = pattern
  }

  func permits(_ reason: String?) -> Bool {
    // A `Regex` can't be shared between threads, and making one takes microseconds.
    guard let reason, let regex = try? Regex(pattern) else { return false }
    return (try? regex.wholeMatch(in: reason)) != nil
  }
}
