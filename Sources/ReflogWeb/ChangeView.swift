import ReflogModel

/// A change as lists and pages show it: who did what at which step, and the result.
struct ChangeView: Sendable {
  let id: String
  /// The time at which the change was recorded.
  let asked: Moment
  let actor: String
  /// The verb of the change's sentence, such as `set`.
  let action: String
  /// True for a drift or a baseline, whose actor is unknown.
  let isFound: Bool
  /// The step's name, or nil if the change is about a connector.
  let step: String?
  /// The flow's id, or nil if the change is about a connector.
  let flow: String?
  /// The flow type, or nil if the change is about a connector.
  let flowType: String?
  let before: ReferenceView
  let after: ReferenceView
  /// The properties that an edit of a connector wrote, shown instead of `after`; nil for every other change.
  let writing: Writing?
  let result: String
  /// The style sheet's class for the result.
  let tone: String
  /// The style sheet's class for the row: that of the kind's badge for an applied change, else that of the result.
  let rowTone: String
  /// The badge of the kind, or nil for an ordinary update.
  let kind: Badge?
  /// The reason, shortened, or nil if none was given.
  let reason: String?
  /// True if the page is about this change.
  let isCurrent: Bool

  /// The lengths to which texts are shortened, in scalars; the change's own page shows all of them.
  private static let (reasonLength, nameLength) = (180, 80)

  /// The properties of a connector that a change wrote, shortened.
  struct Writing: Sendable {
    let properties: [Property]
    /// The number of properties that are left out, or nil if all are shown.
    let left: Int?
  }

  /// One property of a connector that a change wrote.
  struct Property: Sendable {
    let name: String
    /// The values, or nil if they are secret.
    let values: Values?
  }

  /// The values of a property before and after the change.
  struct Values: Sendable {
    let before: String
    let after: String
  }

  /// A short label in a colour.
  struct Badge: Sendable {
    let label: String
    /// The class in the style sheet.
    let tone: String
  }

  /// Makes the view of a change.
  ///
  /// - Parameters:
  ///   - change: the change to show.
  ///   - isWhole: true to show the names in full.
  ///   - isCurrent: true if the page is about this change.
  init(_ change: Change, isWhole: Bool = false, isCurrent: Bool = false) {
    id = change.id.description
    asked = Moment(change.activityDateTime)
    let name = change.intent.actor.shownName
    actor = isWhole ? name : name.shortened(to: Self.nameLength)
    action = change.action
    isFound = change.intent.kind == .drift || change.intent.kind == .baseline
    let address = change.intent.subject.address
    step = address?.step.name
    flow = address?.flow.text
    flowType = address?.flowType.rawValue
    before = ReferenceView(change.intent.before, isWhole: isWhole)
    after = ReferenceView(change.after, isWhole: isWhole)
    writing = Writing(change)
    result = change.result.shownName
    tone = change.result.tone
    kind = change.intent.kind.badge
    rowTone = change.result == .applied ? kind?.tone ?? tone : tone
    reason = change.intent.reason?.shortened(to: Self.reasonLength)
    self.isCurrent = isCurrent
  }
}

extension ChangeView.Writing {
  /// The most properties in a list, and the length to which their texts are shortened, in scalars.
  private static let (mostProperties, length) = (3, 80)

  /// Returns nil unless the change edited a connector.
  fileprivate init?(_ change: Change) {
    guard change.intent.subject == .connector, change.intent.before == change.after,
      let written = change.intent.changedProperties, !written.isEmpty
    else { return nil }
    properties = written.prefix(Self.mostProperties).map { property in
      let values = property.before != nil || property.after != nil
      func shown(_ text: String?) -> String { text?.shortened(to: Self.length) ?? "–" }
      return ChangeView.Property(
        name: property.name.shortened(to: Self.length),
        values: values ? ChangeView.Values(before: shown(property.before), after: shown(property.after)) : nil
      )
    }
    left = written.count > Self.mostProperties ? written.count - Self.mostProperties : nil
  }
}
