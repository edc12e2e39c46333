package import ReflogModel

/// What bringing every step back to what it called at a time would do, before somebody says so.
package struct TimeRollbackPlanPage: Sendable {
  let moment: Moment
  let form: TimeRollbackForm
  let steps: TimeRollbackSteps
  /// How many steps would change, as a sentence; nothing where none would.
  let summary: String?
  /// Why it could not be found out whether the connectors are still there.
  let unasked: String?
  /// Whether there is something that can be done.
  let isPossible: Bool
  /// Whether every step calls what it called then.
  let isEmpty: Bool
  /// Why it was not done when it was asked for.
  let problem: String?

  package init(_ plan: TimeRollbackPlan, reason: String = "", problem: String? = nil) {
    moment = Moment(plan.rollback.asOf)
    form = TimeRollbackForm(plan.rollback, reason: reason, newest: plan.rollback.newestChange)
    steps = TimeRollbackSteps(plan.steps)
    let changing = plan.steps.filter { !$0.isLeftAlone }
    let possible = changing.count { $0.problem == nil }
    summary = changing.isEmpty ? nil : Self.sentence(possible, of: changing.count)
    unasked = plan.unasked
    isPossible = possible > 0
    isEmpty = plan.steps.isEmpty
    self.problem = problem
  }

  private static func sentence(_ possible: Int, of all: Int) -> String {
    let steps = all == 1 ? "1 step calls" : "\(all) steps call"
    let sentence = "\(steps) something else now."
    return possible == all ? sentence : sentence + " \(all - possible) of them can't be brought back."
  }

  package func render(in frame: PageFrame) -> String {
    let title = "Roll back to \(moment.day) \(moment.fine)"
    return WebPages.render(FramedPage(title: title, frame: frame, in: .flows, page: self), "time-rollback-plan")
  }
}
