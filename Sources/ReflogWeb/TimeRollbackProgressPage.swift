package import ReflogModel

/// The page that shows the progress and the result of a rollback to a time.
package struct TimeRollbackProgressPage: Sendable {
  let moment: Moment
  let form: TimeRollbackForm
  let steps: TimeRollbackSteps
  /// Two sentences: one with the number of steps that are rolled back, and one with the state of the rollback.
  let summary: String
  let isRunning: Bool
  /// True if the rollback stopped before it was complete, and the viewer is allowed to continue the rollback.
  let canContinue: Bool

  /// Creates the page of a rollback to a time.
  ///
  /// - Parameters:
  ///   - progress: the state of the rollback and of each step.
  ///   - frozen: the freezes that cover the steps now.
  ///   - canGoOn: true if the viewer is allowed to roll back changes.
  package init(_ progress: TimeRollbackProgress, frozen: FrozenSteps = .none, canGoOn: Bool) {
    // The next attempt checks the freeze of a step before all other problems. So the page shows the freeze instead of
    // the problem of the last attempt.
    let shown = progress.steps.map { step in
      var step = step
      if frozen.freezes[step.address] != nil { step.problem = nil }
      return step
    }
    moment = Moment(progress.rollback.asOf)
    // If the rollback continues, these steps are tried again, even if the last attempt had a problem. So the problems
    // are left out.
    let undone = progress.steps.filter { !$0.isLeftAlone && $0.change?.result != .applied }
      .map { TimeRollback.Item(address: $0.address, before: $0.before, after: $0.after) }
    form = TimeRollbackForm(progress.rollback, of: undone, frozen: frozen)
    steps = TimeRollbackSteps(shown, frozen: frozen)
    let total = progress.steps.count { !$0.isLeftAlone }
    let done = progress.steps.count { $0.change?.result == .applied }
    summary = "\(done) of \(total) \(total == 1 ? "step was" : "steps were") rolled back. \(progress.state.sentence)"
    isRunning = progress.state == .running
    canContinue = progress.state == .partial && canGoOn
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    let title = "Roll back to \(moment.shown(in: frame.zone).fine)"
    return WebPages.render(FramedPage(title: title, frame: frame, in: .flows, page: self), "time-rollback-progress")
  }
}

extension TimeRollbackProgress.State {
  fileprivate var sentence: String {
    switch self {
    case .running: "The rollback is still running."
    case .done: "The rollback is done."
    case .partial: "The rollback stopped before it was complete."
    }
  }
}
