package import ReflogModel

/// Bringing every step back to what it called at a time: the plan, and then how far it came.
package struct TimeRollbackPage: Sendable {
  let moment: String
  /// Names the rollback from its plan on, so that to ask twice is to ask once.
  let id: String
  /// Nothing in a plan.
  let batch: Batch?
  /// The newest change that whoever sees the plan knows of.
  let newest: String?
  /// The flow that is brought back; nothing where all are.
  let flow: String?
  let steps: [Step]
  /// How many steps are not shown; nothing where all are.
  let left: Int?
  let isEmpty: Bool
  let problem: String?

  /// More than this is a file's matter: `reflog rollback --as-of`.
  private static let shown = 150

  struct Batch: Sendable {
    let state: String
    let isRunning: Bool
    let isPartial: Bool
    let done: Int
    let total: Int
    /// How many steps stay as they are, since nobody knows what they called; nothing where none does.
    let leftAlone: Int?
  }

  struct Step: Sendable {
    let summary: String
    let result: String?
    let tone: String
    let change: String?
    let problem: String?
  }

  /// A plan.
  package init(_ steps: [TimeRollback.Step], of rollback: TimeRollback, problem: String? = nil) {
    moment = rollback.asOf.description
    id = rollback.batchID
    batch = nil
    newest = rollback.newestChange?.description
    flow = rollback.scope.flowName
    self.steps = steps.prefix(Self.shown).map(Step.init)
    left = Self.left(steps.count)
    isEmpty = steps.isEmpty
    self.problem = problem
  }

  /// - Parameter canGoOn: whether whoever looks at it may.
  package init(_ progress: TimeRollbackProgress, canGoOn: Bool) {
    moment = progress.rollback.asOf.description
    id = progress.rollback.batchID
    newest = nil
    flow = progress.rollback.scope.flowName
    steps = progress.steps.prefix(Self.shown).map(Step.init)
    left = Self.left(progress.steps.count)
    isEmpty = steps.isEmpty
    problem = nil
    let leftAlone = progress.steps.count { $0.after == .unknown && $0.change == nil }
    batch = Batch(
      state: progress.state.rawValue,
      isRunning: progress.state == .running,
      isPartial: progress.state == .partial && canGoOn,
      done: progress.steps.count { $0.change?.result == .applied },
      total: progress.steps.count - leftAlone,
      leftAlone: leftAlone > 0 ? leftAlone : nil
    )
  }

  private static func left(_ count: Int) -> Int? { count > shown ? count - shown : nil }

  package func render(in frame: PageFrame) -> String {
    WebPages.render(FramedPage(title: "Roll back to \(moment)", frame: frame, in: .flows, page: self), "time-rollback")
  }
}

extension FlowScope {
  fileprivate var flowName: String? {
    if case .flow(let flowType, let flow) = self { FlowName(flowType, flow).description } else { nil }
  }
}

extension TimeRollbackPage.Step {
  fileprivate init(_ step: TimeRollback.Step) {
    summary =
      step.change?.result == .applied
      ? "\(step.address.step) of \(step.address.flow) calls \(step.after) again, in place of \(step.before)"
      : step.summary
    result = step.change?.result.shownName
    tone = step.change.map { $0.result == .applied ? "good" : "warning" } ?? "plain"
    change = step.change?.id.description
    problem = step.change?.result == .applied ? nil : step.problem ?? step.change?.outcome?.message
  }
}
