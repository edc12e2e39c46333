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
  /// Of a connector that stays: what was written, instead of what stood before and after.
  let writing: Writing?
  let result: String
  let tone: String
  /// The result's and the kind's, where one wants attention.
  let rowTone: String
  let kind: Badge?
  let reason: String?
  let isCurrent: Bool

  /// More of a reason, and of a name, than this is on the page of the change.
  private static let (reasonLength, nameLength) = (180, 80)

  /// The properties of a connector that a change wrote, shortened.
  struct Writing: Sendable {
    let properties: [Property]
    /// How many more there are; nothing where those are all.
    let left: Int?
  }

  struct Property: Sendable {
    let name: String
    /// Nothing where its values are secrets.
    let values: Values?
  }

  struct Values: Sendable {
    let before: String
    let after: String
  }

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
  /// More of them, and of a value, than this is on the page of the change.
  private static let (mostProperties, length) = (3, 80)

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
