extension Change {
  /// Whether somebody's write may have reached the directory: the change's own, or, where it was found, the one that
  /// made it so.
  package var mayHaveReachedDirectory: Bool {
    switch result {
    case .pending, .applied, .superseded, .unknown: intent.kind != .baseline
    case .notApplied: outcome?.code != Change.notSentCode
    case .rejected, .denied: false
    }
  }

  /// The code of an outcome whose change never reached the directory.
  package static let notSentCode = "notSent"

  /// The code of a drift that brought back what stood before an earlier change.
  package static let notKeptCode = "notKept"
}
