/// What a caller may do.
package enum Role: String, Sendable, CaseIterable {
  /// Reads history, configurations and the directory, and exports.
  case reader
  /// A reader who also changes, rolls back and reconciles.
  case `operator`
  /// A reader who also manages tokens, retention, legal holds and erasures, but makes no changes.
  case admin
}
