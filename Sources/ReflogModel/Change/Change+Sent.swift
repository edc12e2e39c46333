extension Change {
  /// Whether a byte of the change may have reached the directory.
  package var mayHaveBeenSent: Bool {
    switch result {
    case .pending, .applied, .superseded, .unknown: intent.kind != .drift && intent.kind != .baseline
    case .notApplied: outcome?.code != Change.notSentCode
    case .rejected, .denied: false
    }
  }

  /// The code of an outcome whose change never reached the directory.
  package static let notSentCode = "notSent"
}
