package import ReflogModel

/// How far a rollback to a time came.
package struct TimeRollbackProgressPage: Sendable {
  let moment: Moment
  let form: TimeRollbackForm
  let steps: TimeRollbackSteps
  /// How far it came, as a sentence or two.
  let summary: String
  let isRunning: Bool
  /// Whether it ended before everything was done, and whoever looks at it may go on.
  let canGoOn: Bool

  /// - Parameter canGoOn: whether whoever looks at it may.
  package init(_ progress: TimeRollbackProgress, canGoOn: Bool) {
    moment = Moment(progress.rollback.asOf)
    form = TimeRollbackForm(progress.rollback)
    steps = TimeRollbackSteps(progress.steps)
    let total = progress.steps.count { !$0.isLeftAlone }
    let done = progress.steps.count { $0.change?.result == .applied }
    summary = "\(done) of \(total) \(total == 1 ? "step was" : "steps were") brought back. \(progress.state.sentence)"
    isRunning = progress.state == .running
    self.canGoOn = progress.state == .partial && canGoOn
  }

  package func render(in frame: PageFrame) -> String {
    let title = "Roll back to \(moment.day) \(moment.fine)"
    return WebPages.render(FramedPage(title: title, frame: frame, in: .flows, page: self), "time-rollback-progress")
  }
}

extension TimeRollbackProgress.State {
  fileprivate var sentence: String {
    switch self {
    case .running: "It is still running."
    case .done: "It is done."
    case .partial: "It ended before the rest was done."
    }
  }
}
