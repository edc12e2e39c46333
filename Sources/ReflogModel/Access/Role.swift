/// What a caller is trusted with.
package enum Role: String, Sendable, CaseIterable {
  /// Reads history, configurations and the directory, and exports.
  case reader
  /// A reader who also changes, rolls back and reconciles.
  case `operator`
  /// A reader who also looks after tokens and retention, and changes nothing.
  case admin
}
