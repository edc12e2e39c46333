import ReflogModel

/// A change in the form that pages show: who changed which step, how, and with which result.
struct ChangeView: Sendable {
  let id: String
  /// The time at which the change was recorded.
  let asked: Moment
  let actor: String
  /// The path of the page about the actor, or nil if there is no such page.
  let actorPath: String?
  /// The verb of the sentence that describes the change, such as `set`.
  let action: String
  /// True if the change is a drift or a baseline; the actor of such a change is unknown.
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
  /// The CSS class that colours the result.
  let tone: String
  /// The CSS class that colours the row.
  ///
  /// If the change is applied and its kind has a badge, the row has the class of the badge. Otherwise, the row has the
  /// class of the result.
  let rowTone: String
  /// The badge that shows the kind, or nil if the kind is `update`.
  let kind: Badge?
  /// The badge of a change that overrode a freeze, or that a freeze refused.
  ///
  /// The value is nil if no freeze was overridden and no freeze refused the change.
  let frozen: Badge?
  /// The shortened reason, or nil if the change has no reason.
  let reason: String?
  /// The shortened reason for the override of a freeze, or nil if the change overrode no freeze.
  let override: String?
  /// The link to the event that erased the reason and the actor's name, or nil if no personal data was erased.
  let erased: ErasureLink?
  /// The steps that called the connector when the change was made, or nil if the steps are not shown.
  let impact: ConnectorImpact?
  /// The chain of applied rollbacks: the rollback of the change, the rollback of that rollback, and so on.
  let rollbacks: [RollbackLink]
  let isRolledBack: Bool
  /// True if the page that contains this view is the page of this change.
  let isCurrent: Bool

  /// The maximum lengths, in scalars, of the reason and of the actor's name.
  ///
  /// Only the page of the change shows the full texts.
  private static let (reasonLength, nameLength) = (180, 80)

  /// The first properties that a change of a connector wrote, with shortened texts.
  struct Writing: Sendable {
    let properties: [Property]
    /// The number of properties that are left out, or nil if all properties are shown.
    let left: Int?
  }

  /// A property that a change of a connector wrote.
  struct Property: Sendable {
    let name: String
    /// The values, or nil if the values are secret.
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
    /// The CSS class that colours the badge.
    let tone: String
  }

  /// Creates the view of a change without its context.
  init(_ change: Change) { self.init(ChangeInContext(change)) }

  /// Creates the view of a change.
  ///
  /// - Parameters:
  ///   - context: the change to show, with its context. If `isWhole` is true, the context is not part of the view,
  ///     because the page of the change shows the context in another place.
  ///   - isWhole: true to show the full names, and to leave out the context.
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
    before =
      change.isBeforeUnread ? ReferenceView(text: "not read") : ReferenceView(context.before, isWhole: isWhole)
    after = ReferenceView(context.after, isWhole: isWhole)
    writing = Writing(change)
    result = change.result.shownName
    tone = change.result.tone
    kind = change.intent.kind.badge
    frozen = change.frozenBadge
    rowTone = change.result == .applied ? kind?.tone ?? tone : tone
    reason = change.intent.reason?.shortened(to: Self.reasonLength)
    override = change.override?.shownReason.shortened(to: Self.reasonLength)
    erased = ErasureLink(change.erased)
    self.isCurrent = isCurrent
  }
}

extension ChangeView.Writing {
  /// The maximum number of shown properties, and the maximum length, in scalars, of each name and each value.
  private static let (mostProperties, length) = (3, 80)

  /// Creates the view of the properties that a change wrote, or returns nil if the change is not an edit of a
  /// connector.
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
