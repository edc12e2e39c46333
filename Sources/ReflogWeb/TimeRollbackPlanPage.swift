package import ReflogModel

/// The page that shows the effect of a rollback to a time, and the form that confirms the rollback.
package struct TimeRollbackPlanPage: Sendable {
  let moment: Moment
  let form: TimeRollbackForm
  let steps: TimeRollbackSteps
  /// A sentence with the number of steps that would change, or nil if no step would change.
  let summary: String?
  /// The reason why Reflog could not check that the connectors still exist, or nil if the check succeeded.
  let connectorCheckProblem: String?
  /// True if at least one step can be rolled back.
  let isPossible: Bool
  /// True if every step still has the reference that the step had at the requested time.
  let isEmpty: Bool
  /// The steps whose connector was edited after the requested time, in the order of the plan.
  let edited: [Edited]
  let hasEdited: Bool
  /// A sentence with the number of edited steps that are not shown, or nil if all steps are shown.
  let editedLeft: String?
  /// The reason why the rollback was refused after the viewer confirmed the plan, or nil if the rollback was not
  /// refused.
  let problem: String?

  /// A step whose connector was edited after the requested time.
  struct Edited: Sendable {
    /// A sentence about the step and the edits of its connector, without a full stop.
    let text: String
    /// The id of the newest change of the connector.
    let change: String
  }

  /// The maximum number of steps with edited connectors on the page.
  ///
  /// The command `reflog rollback --as-of` lists all steps.
  private static let mostEdited = 50
  /// The maximum length, in scalars, of the sentence about a step.
  private static let length = 400

  /// Creates the page of a plan.
  ///
  /// - Parameters:
  ///   - plan: the effect that the rollback would have.
  ///   - frozen: the freezes that cover the steps. The problems of the steps in `plan` do not include freezes.
  ///   - reason: the reason that the viewer has already typed.
  ///   - problem: the reason why the rollback was refused, or nil if the viewer has not confirmed the rollback yet.
  package init(
    _ plan: TimeRollbackPlan,
    frozen: FrozenSteps = .none,
    reason: String = "",
    problem: String? = nil
  ) {
    moment = Moment(plan.rollback.asOf)
    steps = TimeRollbackSteps(plan.steps, frozen: frozen)
    let changing = plan.steps.filter { !$0.isLeftAlone }
    form = TimeRollbackForm(
      plan.rollback,
      of: changing,
      frozen: frozen,
      reason: reason,
      newest: plan.rollback.newestChange
    )
    let hindered = changing.count { $0.problem != nil }
    let stopped = changing.count { frozen.isOnlyObstacle($0) }
    summary = changing.isEmpty ? nil : Self.sentence(changing.count, frozen: stopped, hindered: hindered)
    connectorCheckProblem = plan.unasked
    isPossible = hindered + (form.offersOverride ? 0 : stopped) < changing.count
    isEmpty = plan.steps.isEmpty
    edited = plan.edited.prefix(Self.mostEdited).compactMap { step in
      step.edits.changes.last.map { last in
        let summary = step.summary.shortened(to: Self.length)
        return Edited(text: summary.prefix(1).uppercased() + summary.dropFirst(), change: last.id.description)
      }
    }
    hasEdited = !edited.isEmpty
    let left = plan.edited.count - edited.count
    editedLeft = left > 0 ? "… and \(left) more." : nil
    self.problem = problem
  }

  private static func sentence(_ all: Int, frozen: Int, hindered: Int) -> String {
    let steps = all == 1 ? "1 step calls" : "\(all) steps call"
    let sentence =
      "\(steps) something else now."
      + (frozen == 0 ? "" : all == 1 ? " It is frozen." : " \(frozen) of them \(frozen == 1 ? "is" : "are") frozen.")
    guard hindered > 0 else { return sentence }
    return sentence + (all == 1 ? " It can't be rolled back." : " \(hindered) of them can't be rolled back.")
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    let title = "Roll back to \(moment.shown(in: frame.zone).fine)"
    return WebPages.render(FramedPage(title: title, frame: frame, in: .flows, page: self), "time-rollback-plan")
  }
}
