package import ReflogModel

/// What rolling a change back would do, before somebody says so.
package struct RollbackPage: Sendable {
  let id: String
  let step: String
  let flow: String
  let before: ReferenceView
  let after: ReferenceView
  let isDrifted: Bool
  let isConnectorMissing: Bool
  /// What stands in the way, newest first.
  let later: [ChangeView]
  /// How much more of it there is, as a sentence; nothing where that is all.
  let left: String?
  let isInTheWay: Bool
  /// The newest change that whoever sees this knows of.
  let seen: String?
  /// What stands there, by id or as `none`; nothing where it is unknown.
  let standing: String?
  /// Whether it calls already what it would call.
  let isNothing: Bool
  let isPossible: Bool
  let reason: String
  /// Why it was not done when it was asked for.
  let problem: String?

  /// As many of the changes in the way as one looks through.
  package static let mostLater = 20
  /// As many as a plan counts.
  private static let mostCounted = 100

  /// - Parameter later: the newest of what stands in the way, newest first.
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
    isInTheWay = count > 0
    seen = plan.newest?.description
    standing = plan.before == .none ? "none" : plan.before.connectorID?.text
    isNothing = plan.before == plan.after
    isPossible = plan.connectorExists && !isNothing
    self.reason = reason
    self.problem = problem
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Roll back change \(id)", frame: frame, in: .timeline, page: self), "rollback")
  }
}
