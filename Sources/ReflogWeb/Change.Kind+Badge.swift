import ReflogModel

extension Change.Kind {
  /// The badge of a kind that needs attention, or nil for an ordinary update.
  var badge: ChangeView.Badge? {
    switch self {
    case .update: nil
    case .rollback: ChangeView.Badge(label: "rollback", tone: "plain")
    case .drift: ChangeView.Badge(label: "drift", tone: "warning")
    case .baseline: ChangeView.Badge(label: "first seen", tone: "plain")
    }
  }
}
