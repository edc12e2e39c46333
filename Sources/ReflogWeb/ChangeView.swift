import ReflogModel

/// A change in the form that lists and pages show: who changed which step, how, and with which result.
struct ChangeView: Sendable {
  let id: String
  /// The time at which the change was recorded.
  let asked: Moment
  let actor: String
  /// The path of the page about the actor, or nil if there is no such page.
  let actorPath: String?
  /// The verb of the sentence that describes the change, such as `set`.
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
  /// The properties that an edit of a connector wrote, or nil if the change is not an edit of a connector.
  ///
  /// Pages show these properties instead of `after`.
  let writing: Writing?
  let result: String
  /// The class in the style sheet that colours the result.
  let tone: String
  /// The class in the style sheet that colours the row.
  ///
  /// An applied change whose kind has a badge uses the class of the badge. Every other change uses the class of its
  /// result.
  let rowTone: String
  /// The badge that shows the kind, or nil for an ordinary update.
  let kind: Badge?
  /// The badge of a change that overrode a freeze or that a freeze refused, or nil for every other change.
  let frozen: Badge?
  /// The shortened reason, or nil if the change has no reason.
  let reason: String?
  /// The shortened reason for the override of a freeze, or nil if no freeze covered the change.
  let override: String?
  /// The link to the event that erased the reason and the actor's name, or nil if they were not erased.
  let erased: ErasureLink?
  /// The steps that called the connector when the change was made, or nil if they are not shown.
  let impact: ConnectorImpact?
  /// The applied rollbacks of the change, of that rollback, and so on.
  let rollbacks: [RollbackLink]
  let isRolledBack: Bool
  /// True if the page that contains this view is the page of this change.
  let isCurrent: Bool

  /// The maximum lengths of texts, in scalars. Only the page of the change shows the full texts.
  private static let (reasonLength, nameLength) = (180, 80)

  /// The first few of the connector's properties that a change wrote, with shortened texts.
  struct Writing: Sendable {
    let properties: [Property]
    /// The number of properties that are left out, or nil if all are shown.
    let left: Int?
  }

  /// One of the connector's properties that a change wrote.
  struct Property: Sendable {
    let name: String
    /// The values, or nil if they are secret.
    let values: Values?
  }

  /// The values that a property had before and after the change.
  struct Values: Sendable {
    let before: String
    let after: String
  }

  /// A short coloured label.
  struct Badge: Sendable {
    let label: String
    /// The class in the style sheet.
    let tone: String
  }

  /// Creates the view of a change without its context.
  init(_ change: Change) { self.init(ChangeInContext(change)) }

  /// Creates the view of a change.
  ///
  /// - Parameters:
  ///   - context: the change to show. The page of the change shows its context elsewhere.
  ///   - isWhole: true to show the names in full.
  ///   - isCurrent: true if the page that contains this view is the page of this change.
  init(_ context: ChangeInContext, isWhole: Bool = false, isCurrent: Bool = false) {
    let change = context.change
    impact = isWhole ? nil : ConnectorImpact(context, most: ConnectorImpact.mostInList)
    rollbacks = isWhole ? [] : RollbackLink.all(context)
    isRolledBack = !rollbacks.isEmpty
    id = change.id.description
    asked = Moment(change.activityDateTime)
    let name = change.shownActor
    actor = isWhole ? name : name.shortened(to: Self.nameLength)
    actorPath = change.intent.actor.pagePath
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
    frozen = change.frozenBadge
    rowTone = change.result == .applied ? kind?.tone ?? tone : tone
    reason = change.intent.reason?.shortened(to: Self.reasonLength)
    override = change.override?.reason.shortened(to: Self.reasonLength)
    erased = ErasureLink(change.erased)
    self.isCurrent = isCurrent
  }
}

extension ChangeView.Writing {
  /// The maximum number of shown properties, and the maximum length of each name and value in scalars.
  private static let (mostProperties, length) = (3, 80)

  /// Returns the properties that the change wrote, or nil if the change is not an edit of a connector.
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
