extension Change {
  /// Whether the write of the change has certainly or possibly reached the directory.
  ///
  /// For a drift, the value is always true, because a write without Reflog reached the directory.
  package var mayHaveReachedDirectory: Bool {
    switch result {
    case .pending, .applied, .superseded, .unknown: intent.kind != .baseline
    case .notApplied: outcome?.code != Change.notSentCode
    case .rejected, .denied: false
    }
  }

  /// The code in the outcome of a change whose write was not sent to the directory.
  package static let notSentCode = "notSent"

  /// The code in the outcome of a change that a freeze refused.
  package static let frozenCode = "frozen"

  /// Returns the message in the outcome of a change that a freeze with this id refused.
  package static func frozenMessage(_ freeze: Int64) -> String { "Freeze \(freeze) does not permit the change." }

  /// The code in the outcome of a drift that reversed an earlier change by Reflog.
  ///
  /// The address again holds the reference from before the earlier change.
  package static let notKeptCode = "notKept"

  /// The code in the outcome of a drift that an earlier change caused: that change deleted the connector of the step.
  package static let connectorDeletedCode = "connectorDeleted"
}
