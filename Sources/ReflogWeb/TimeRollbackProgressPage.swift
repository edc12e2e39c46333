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
  ///   - canGoOn: true if the viewer is allowed to roll back changes.
  package init(_ progress: TimeRollbackProgress, canGoOn: Bool) {
    moment = Moment(progress.rollback.asOf)
    form = TimeRollbackForm(progress.rollback)
    steps = TimeRollbackSteps(progress.steps)
    let total = progress.steps.count { !$0.isLeftAlone }
    let done = progress.steps.count { $0.change?.result == .applied }
    summary = "\(done) of \(total) \(total == 1 ? "step was" : "steps were") rolled back. \(progress.state.sentence)"
    isRunning = progress.state == .running
    canContinue = progress.state == .partial && canGoOn
  }

  /// Returns the page as HTML.
  package func render(in frame: PageFrame) -> String {
    let moment = moment.shown(in: frame.zone)
    let title = "Roll back to \(moment.day) \(moment.fine)"
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
