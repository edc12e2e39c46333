package import ReflogModel

/// The page that shows what a rollback to a time would do, and asks for a confirmation.
package struct TimeRollbackPlanPage: Sendable {
  let moment: Moment
  let form: TimeRollbackForm
  let steps: TimeRollbackSteps
  /// How many steps would change, as a sentence, or nil if none would.
  let summary: String?
  /// Why Reflog could not check whether the connectors still exist, or nil if it could.
  let connectorCheckProblem: String?
  /// True if at least one step can be rolled back.
  let isPossible: Bool
  /// True if every step calls what it called then.
  let isEmpty: Bool
  /// Why the rollback was refused, or nil if it was not asked for yet.
  let problem: String?

  /// Makes the page of a plan.
  ///
  /// - Parameters:
  ///   - plan: what the rollback would do.
  ///   - reason: the reason that was typed already.
  ///   - problem: why the rollback was refused, or nil if it was not asked for yet.
  package init(_ plan: TimeRollbackPlan, reason: String = "", problem: String? = nil) {
    moment = Moment(plan.rollback.asOf)
    form = TimeRollbackForm(plan.rollback, reason: reason, newest: plan.rollback.newestChange)
    steps = TimeRollbackSteps(plan.steps)
    let changing = plan.steps.filter { !$0.isLeftAlone }
    let possible = changing.count { $0.problem == nil }
    summary = changing.isEmpty ? nil : Self.sentence(possible, of: changing.count)
    connectorCheckProblem = plan.unasked
    isPossible = possible > 0
    isEmpty = plan.steps.isEmpty
    self.problem = problem
  }

  private static func sentence(_ possible: Int, of all: Int) -> String {
    let steps = all == 1 ? "1 step calls" : "\(all) steps call"
    let sentence = "\(steps) something else now."
    return possible == all ? sentence : sentence + " \(all - possible) of them can't be rolled back."
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    let title = "Roll back to \(moment.day) \(moment.fine)"
    return WebPages.render(FramedPage(title: title, frame: frame, in: .flows, page: self), "time-rollback-plan")
  }
}
