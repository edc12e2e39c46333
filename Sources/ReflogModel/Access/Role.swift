/// A set of permissions that a caller can have.
package enum Role: String, Sendable, CaseIterable {
  /// A reader can read and export the history, and can read configurations, the directory and the metrics.
  case reader
  /// An operator has all permissions of a reader, and can make changes and rollbacks, start reconciliations and place
  /// freezes.
  case `operator`
  /// An admin has all permissions of a reader, and can manage tokens, retention, legal holds and erasures.
  ///
  /// An admin is not allowed to make changes.
  case admin
  /// A caller with this role alone can read only the metrics and the status.
  ///
  /// The role is for a program such as Prometheus, which needs no history.
  case metrics
}
