import ReflogModel

/// A change on a page: who did what, where, and what became of it.
struct ChangeView: Sendable {
  let id: String
  let asked: Moment
  let actor: String
  /// What they did, such as `set`; where it was found, what was done.
  let deed: String
  /// Whether it was found and nobody is known to have done it.
  let isFound: Bool
  let step: String?
  let flow: String?
  let flowType: String?
  let before: ReferenceView
  let after: ReferenceView
  let result: String
  let tone: String
  /// The result's and the kind's, where one wants attention.
  let rowTone: String
  let kind: Badge?
  let reason: String?
  let isCurrent: Bool

  /// More of a reason, and of a name, than this is on the page of the change.
  private static let (reasonLength, nameLength) = (180, 80)

  /// A word that stands out.
  struct Badge: Sendable {
    let word: String
    let tone: String
  }

  /// - Parameters:
  ///   - isWhole: whether long texts are not cut.
  ///   - isCurrent: whether the page is about this change.
  init(_ change: Change, isWhole: Bool = false, isCurrent: Bool = false) {
    id = change.id.description
    asked = Moment(change.activityDateTime)
    let name = change.intent.actor.shownName
    actor = isWhole ? name : name.shortened(to: Self.nameLength)
    deed = change.deed
    isFound = change.intent.kind == .drift || change.intent.kind == .baseline
    let address = change.intent.subject.address
    step = address?.step.name
    flow = address?.flow.text
    flowType = address?.flowType.rawValue
    before = ReferenceView(change.intent.before, isWhole: isWhole)
    after = ReferenceView(change.after, isWhole: isWhole)
    result = change.result.shownName
    tone = change.result.tone
    kind = change.intent.kind.badge
    rowTone = change.result == .applied ? kind?.tone ?? tone : tone
    reason = change.intent.reason?.shortened(to: Self.reasonLength)
    self.isCurrent = isCurrent
  }
}

extension Change {
  private var mayHaveHappened: Bool {
    switch result {
    case .rejected, .denied, .notApplied: false
    case .pending, .applied, .superseded, .unknown: true
    }
  }

  fileprivate var deed: String {
    switch (intent.subject, intent.kind) {
    case (.step, .rollback) where !mayHaveHappened: "tried to bring back"
    case (.step, .update) where !mayHaveHappened: "tried to set"
    case (.connector, .update) where !mayHaveHappened: "tried to change a connector:"
    case (_, .drift): "was changed without Reflog"
    case (_, .baseline): "was seen for the first time"
    case (.step, .rollback): "brought back"
    case (.step, .update): "set"
    case (.connector, _) where intent.before == .none: "made a connector:"
    case (.connector, _) where after == .none: "deleted a connector:"
    case (.connector, _): "changed a connector:"
    }
  }
}

extension Change.Actor {
  /// A name for people; an id where there is none.
  var shownName: String { name ?? userPrincipalName ?? id ?? "Somebody" }
}

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

  fileprivate var tone: String {
    switch self {
    case .applied: "good"
    case .pending, .unknown, .superseded: "warning"
    case .rejected, .denied, .notApplied: "bad"
    }
  }
}

extension Change.Kind {
  fileprivate var badge: ChangeView.Badge? {
    switch self {
    case .update: nil
    case .rollback: ChangeView.Badge(word: "rollback", tone: "plain")
    case .drift: ChangeView.Badge(word: "drift", tone: "warning")
    case .baseline: ChangeView.Badge(word: "first seen", tone: "plain")
    }
  }
}
