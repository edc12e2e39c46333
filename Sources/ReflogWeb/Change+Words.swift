import ReflogModel

extension Change {
  private var mayHaveHappened: Bool {
    switch result {
    case .rejected, .denied, .notApplied: false
    case .pending, .applied, .superseded, .unknown: true
    }
  }

  /// What was done, such as `set`, after who did it; of what was found, what is known of it.
  var deed: String {
    switch (intent.subject, intent.kind) {
    case (.step, .rollback) where !mayHaveHappened: "tried to bring back"
    case (.step, .update) where !mayHaveHappened: "tried to set"
    case (.connector, .update) where !mayHaveHappened: "tried to change a connector"
    case (_, .drift): "was changed without Reflog"
    case (_, .baseline): "was seen for the first time"
    case (.step, .rollback): "brought back"
    case (.step, .update): "set"
    case (.connector, _) where intent.before == .none: "made a connector"
    case (.connector, _) where after == .none: "deleted a connector"
    case (.connector, _): "changed a connector"
    }
  }

  /// More of a name than this is on the page of the change.
  private static let nameLength = 80

  /// Who did it, as the end of a sentence.
  var byWhom: String {
    switch intent.kind {
    case .drift: "without Reflog"
    case .baseline: "first seen"
    case .update, .rollback: "by \(intent.actor.shownName.shortened(to: Self.nameLength))"
    }
  }
}
