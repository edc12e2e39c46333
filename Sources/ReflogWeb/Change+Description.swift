import ReflogModel

extension Change {
  /// True if the directory may have applied the change.
  private var mayHaveHappened: Bool {
    switch result {
    case .rejected, .denied, .notApplied: false
    case .pending, .applied, .superseded, .unknown: true
    }
  }

  /// The verb of the change's sentence: `set`, to be read after the actor's name.
  ///
  /// For a drift or a baseline it is to be read after the step: `was changed without Reflog`.
  var action: String {
    switch (intent.subject, intent.kind) {
    case (.step, .rollback) where !mayHaveHappened: "tried to roll back"
    case (.step, .update) where !mayHaveHappened: "tried to set"
    case (.connector, .update) where !mayHaveHappened: "tried to change a connector"
    case (_, .drift): "was changed without Reflog"
    case (_, .baseline): "was seen for the first time"
    case (.step, .rollback): "rolled back"
    case (.step, .update): "set"
    case (.connector, _) where intent.before == .none: "created a connector"
    case (.connector, _) where after == .none: "deleted a connector"
    case (.connector, _): "changed a connector"
    }
  }

  /// The length to which the actor's name is shortened, in scalars; the change's own page shows all of it.
  private static let nameLength = 80

  /// Who made the change, as the end of a sentence: `by Adele`.
  var attribution: String {
    switch intent.kind {
    case .drift: "without Reflog"
    case .baseline: "first seen"
    case .update, .rollback: "by \(intent.actor.shownName.shortened(to: Self.nameLength))"
    }
  }
}
