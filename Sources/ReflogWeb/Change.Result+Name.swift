import ReflogModel

extension Change.Result {
  /// The result's name on pages.
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

  /// The CSS class that colours the result.
  var tone: String {
    switch self {
    case .applied: "good"
    case .pending, .unknown, .superseded: "warning"
    case .rejected, .denied, .notApplied: "bad"
    }
  }
}
