import ReflogModel

extension Change {
  /// Whether the directory has applied the change, or may have applied the change.
  var mayHaveHappened: Bool {
    switch result {
    case .rejected, .denied, .notApplied: false
    case .pending, .applied, .superseded, .unknown: true
    }
  }

  /// Whether the reference before the change was not read, because the change was denied before any read of the
  /// directory.
  var isBeforeUnread: Bool { result == .denied && intent.before == .unknown }

  /// The verb of the sentence that describes the change, such as `set` in "Adele set …".
  ///
  /// The subject of the sentence is the actor. For a drift or a baseline, the subject is the step: "… was changed
  /// without Reflog".
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

  /// The end of a sentence that shows who made the change, such as `by Adele`.
  var attribution: String { Attribution(self).text }
}
