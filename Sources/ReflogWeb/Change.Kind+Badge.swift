import ReflogModel

extension Change {
  /// The badge of a change that overrode a freeze, or that a freeze refused.
  ///
  /// The value is nil if no freeze was overridden and no freeze refused the change.
  var frozenBadge: ChangeView.Badge? {
    if override != nil { return ChangeView.Badge(label: "freeze overridden", tone: "warning") }
    guard outcome?.code == Change.frozenCode, result == .denied else { return nil }
    return ChangeView.Badge(label: "frozen", tone: "warning")
  }
}

extension Change.Kind {
  /// The badge that shows the kind, or nil if the kind is `update`.
  var badge: ChangeView.Badge? {
    switch self {
    case .update: nil
    case .rollback: ChangeView.Badge(label: "rollback", tone: "plain")
    case .drift: ChangeView.Badge(label: "drift", tone: "warning")
    case .baseline: ChangeView.Badge(label: "first seen", tone: "plain")
    }
  }
}
