extension Change {
  /// Whether the write of the change has reached the directory, or has possibly reached it.
  ///
  /// The write of a drift is the write that was made without Reflog.
  package var mayHaveReachedDirectory: Bool {
    switch result {
    case .pending, .applied, .superseded, .unknown: intent.kind != .baseline
    case .notApplied: outcome?.code != Change.notSentCode
    case .rejected, .denied: false
    }
  }

  /// The outcome's code for a change whose write was not sent to the directory.
  package static let notSentCode = "notSent"

  /// The outcome's code for a change that a freeze refused.
  package static let frozenCode = "frozen"

  /// The outcome's code for a drift that reversed an earlier change.
  ///
  /// The address again holds the reference from before the earlier change.
  package static let notKeptCode = "notKept"

  /// The outcome's code for a change that Reflog caused when it deleted the connector of the step.
  package static let connectorDeletedCode = "connectorDeleted"
}
