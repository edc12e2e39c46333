import ReflogModel

extension Change.Kind {
  /// The word that stands out where it is not what is usual.
  var badge: ChangeView.Badge? {
    switch self {
    case .update: nil
    case .rollback: ChangeView.Badge(word: "rollback", tone: "plain")
    case .drift: ChangeView.Badge(word: "drift", tone: "warning")
    case .baseline: ChangeView.Badge(word: "first seen", tone: "plain")
    }
  }
}
