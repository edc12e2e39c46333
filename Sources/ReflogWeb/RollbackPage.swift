package import ReflogModel

/// The page that shows the effect of rolling back one change, and the form that confirms the rollback.
package struct RollbackPage: Sendable {
  /// The id of the change to roll back.
  let id: String
  let step: String
  let flow: String
  /// The address of the step, as the command line names it.
  let address: String
  /// The current reference.
  let before: ReferenceView
  /// The reference after the rollback.
  let after: ReferenceView
  /// True if the current reference was set without Reflog.
  let isDrifted: Bool
  let isConnectorMissing: Bool
  /// The later changes that the rollback would also undo, newest first, at most ``mostLater``.
  let later: [ChangeView]
  /// A sentence with the number of later changes that are not shown, or nil if all changes are shown.
  let left: String?
  let hasLaterChanges: Bool
  /// The id of the step's newest change that was applied or may have been applied.
  ///
  /// The form sends this id as `seen`.
  let seen: String?
  /// The current reference: a connector's id or `none`, or nil if the reference is unknown.
  ///
  /// The form sends this value as `standing`.
  let current: String?
  /// How the connector to restore was edited or deleted, as a sentence without a full stop.
  ///
  /// The sentence contains only edits that are newer than the change to roll back. The value is nil if there are no
  /// such edits.
  let edits: String?
  /// How the current connector was edited since the step was set to call it, as a sentence without a full stop.
  ///
  /// The value is nil if the connector was not edited since.
  let note: String?
  /// The id of the newest edit that `note` describes, or nil if there are no such edits.
  let newestEdit: String?
  /// True if the step already has the reference that the rollback would set.
  let isAlreadySet: Bool
  let isPossible: Bool
  let reason: String
  /// The reason why the rollback was refused, or nil if the viewer has not confirmed the rollback yet.
  let problem: String?
  /// The freeze that covers the step, or nil if the step is not frozen.
  let freeze: FreezeView?
  /// Whether the form offers to freeze the step after the rollback.
  let offersFreeze: Bool
  /// The text that the viewer has already typed as the reason for the override of the freeze.
  let override: String
  /// The query of the timeline with `?` in front, or empty. Links to the timeline and to its changes contain it.
  let trail: String

  /// The maximum number of later changes that the page lists.
  package static let mostLater = 20
  /// The maximum number of later changes that a plan counts.
  private static let mostCounted = 100

  /// Creates the page of a plan.
  ///
  /// - Parameters:
  ///   - plan: the effect that the rollback would have.
  ///   - later: the later changes, newest first, at most `mostLater`.
  ///   - reason: the reason that the viewer has already typed.
  ///   - problem: the reason why the rollback was refused, or nil if the viewer has not confirmed the rollback yet.
  ///   - freeze: the freeze that covers the step, or nil if the step is not frozen.
  ///   - offersFreeze: whether the viewer may place and override freezes.
  ///   - override: the text that the viewer has already typed as the reason for the override.
  ///   - trail: the query of the timeline with `?` in front, or empty.
  package init(
    _ plan: RollbackPlan,
    later: [Change],
    reason: String = "",
    problem: String? = nil,
    freeze: Freeze? = nil,
    offersFreeze: Bool = false,
    override: String = "",
    trail: String = ""
  ) {
    self.trail = trail
    id = plan.rollbackOf.description
    step = plan.address.step.name
    flow = plan.address.flow.text
    address = plan.address.description
    before = ReferenceView(plan.before)
    after = ReferenceView(plan.after)
    isDrifted = plan.isDrifted
    isConnectorMissing = !plan.connectorExists
    self.later = later.map { ChangeView($0) }
    let count = plan.supersededBy.count
    left = count > later.count ? count < Self.mostCounted ? "… and \(count - later.count) more." : "… and more." : nil
    hasLaterChanges = count > 0
    seen = plan.newest?.description
    current = plan.before == .none ? "none" : plan.before.connectorID?.text
    isAlreadySet = plan.before == plan.after
    isPossible = plan.connectorExists && !isAlreadySet
    edits = plan.edits.map { "\($0.name) \($0.predicate)" }
    note = plan.note
    newestEdit = plan.currentEdits?.changes.last?.id.description
    self.reason = reason
    self.problem = problem
    self.freeze = freeze.map { FreezeView($0) }
    self.offersFreeze = offersFreeze
    self.override = override
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Roll back change \(id)", frame: frame, in: .timeline, page: self), "rollback")
  }
}
