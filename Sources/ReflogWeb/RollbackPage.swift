package import ReflogModel

/// The page that shows what a rollback of one change would do, and asks for a confirmation.
package struct RollbackPage: Sendable {
  /// The id of the change to roll back.
  let id: String
  let step: String
  let flow: String
  /// The current reference.
  let before: ReferenceView
  /// The reference after the rollback.
  let after: ReferenceView
  /// True if the current reference was set without Reflog.
  let isDrifted: Bool
  let isConnectorMissing: Bool
  /// The newest of the later changes that the rollback would undo too, newest first.
  let later: [ChangeView]
  /// How many later changes are left out, as a sentence, or nil if all are shown.
  let left: String?
  let hasLaterChanges: Bool
  /// The newest effective change that the page shows; the form sends it back as `seen`.
  let seen: String?
  /// The current reference: a connector's id or `none`; nil if it is unknown. The form sends it back as `standing`.
  let current: String?
  /// True if the current reference is already the one to roll back to.
  let isAlreadySet: Bool
  let isPossible: Bool
  let reason: String
  /// Why the rollback was refused, or nil if it was not asked for yet.
  let problem: String?

  /// The most later changes that the page lists.
  package static let mostLater = 20
  /// The most later changes that a plan counts.
  private static let mostCounted = 100

  /// Makes the page of a plan.
  ///
  /// - Parameters:
  ///   - plan: what the rollback would do.
  ///   - later: the newest of the later changes, newest first, at most `mostLater`.
  ///   - reason: the reason that was typed already.
  ///   - problem: why the rollback was refused, or nil if it was not asked for yet.
  package init(_ plan: RollbackPlan, later: [Change], reason: String = "", problem: String? = nil) {
    id = plan.rollbackOf.description
    step = plan.address.step.name
    flow = plan.address.flow.text
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
    self.reason = reason
    self.problem = problem
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Roll back change \(id)", frame: frame, in: .timeline, page: self), "rollback")
  }
}
