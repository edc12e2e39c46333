/// A set of permissions that a caller may have.
package enum Role: String, Sendable, CaseIterable {
  /// May read and export the history, and may read configurations and the directory.
  case reader
  /// May do everything that a reader may, and may make changes, rollbacks and reconciliations.
  case `operator`
  /// May do everything that a reader may, and may manage tokens, retention, legal holds and erasures.
  ///
  /// An admin may not make changes.
  case admin
}
