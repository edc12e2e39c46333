/// The position of an entry in a log.
///
/// A later export can continue after this entry.
///
/// The text form is `41@audit.example/b2c`, or `41` if the log is not known. Reflog itself always writes the long form,
/// because the short form does not name the log.
package struct LogPosition: Hashable, Sendable, CustomStringConvertible {
  /// The sequence of the entry.
  package let sequence: Int64
  /// The name of the log, or nil if it is not known.
  package let origin: String?

  /// Creates a position.
  package init(_ sequence: Int64, in origin: Origin? = nil) {
    self.sequence = sequence
    self.origin = origin?.text
  }

  /// Reads a position from its text form.
  ///
  /// Returns nil for any other text.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let sequence = Int64(plainDecimal: Array(first.utf8)),
      parts.count == 1 || !parts[1].isEmpty
    else { return nil }
    self.sequence = sequence
    origin = parts.count == 2 ? String(parts[1]) : nil
  }

  package var description: String { origin.map { "\(sequence)@\($0)" } ?? "\(sequence)" }
}
