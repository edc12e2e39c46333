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
  let later: [String]
  let isInTheWay: Bool
  /// The newest change that whoever sees this knows of.
  let seen: String?
  let isPossible: Bool
  let reason: String
  /// Why it was not done when it was asked for.
  let problem: String?

  package init(_ plan: RollbackPlan, reason: String = "", problem: String? = nil) {
    id = plan.rollbackOf.description
    step = plan.address.step.name
    flow = plan.address.flow.text
    before = ReferenceView(plan.before)
    after = ReferenceView(plan.after)
    isDrifted = plan.isDrifted
    isConnectorMissing = !plan.connectorExists
    later = plan.supersededBy.map(\.description)
    isInTheWay = !later.isEmpty
    seen = plan.newest?.description
    isPossible = plan.connectorExists
    self.reason = reason
    self.problem = problem
  }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Roll back change \(id)", frame: frame, in: .timeline, page: self), "rollback")
  }
}
