import ReflogModel

extension Change.Result {
  /// The result in plain words.
  var shownName: String {
    switch self {
    case .pending: "pending"
    case .applied: "applied"
    case .rejected: "rejected"
    case .denied: "denied"
    case .notApplied: "not applied"
    case .superseded: "superseded"
    case .unknown: "unknown"
    }
  }

  /// The class of the style sheet in which it stands.
  var tone: String {
    switch self {
    case .applied: "good"
    case .pending, .unknown, .superseded: "warning"
    case .rejected, .denied, .notApplied: "bad"
    }
  }
}
