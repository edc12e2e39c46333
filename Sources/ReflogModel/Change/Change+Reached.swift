extension Change {
  /// Whether a write may have reached the directory: the change's own, or, for a drift, the write that it found.
  package var mayHaveReachedDirectory: Bool {
    switch result {
    case .pending, .applied, .superseded, .unknown: intent.kind != .baseline
    case .notApplied: outcome?.code != Change.notSentCode
    case .rejected, .denied: false
    }
  }

  /// The code of an outcome whose change never reached the directory.
  package static let notSentCode = "notSent"

  /// The code of a drift that sets again what the address held before an earlier change.
  package static let notKeptCode = "notKept"
}
