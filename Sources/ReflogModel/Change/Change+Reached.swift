extension Change {
  /// Whether a write may have reached the directory.
  ///
  /// For a drift, this is the write that was found. For every other change, it is the write of the change itself.
  package var mayHaveReachedDirectory: Bool {
    switch result {
    case .pending, .applied, .superseded, .unknown: intent.kind != .baseline
    case .notApplied: outcome?.code != Change.notSentCode
    case .rejected, .denied: false
    }
  }

  /// The outcome's code for a change whose write was not sent to the directory.
  package static let notSentCode = "notSent"

  /// The outcome's code for a drift that reversed an earlier change.
  ///
  /// The address holds the reference again that it held before the earlier change.
  package static let notKeptCode = "notKept"
}
