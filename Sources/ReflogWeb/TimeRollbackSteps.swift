import ReflogModel

/// The steps of a rollback to a time, in the form that the pages of the plan and of the progress show.
struct TimeRollbackSteps: Sendable {
  /// The steps that change: first the steps that can't be rolled back, then the steps that can be rolled back.
  ///
  /// Each group is sorted by address.
  let rows: [Row]
  /// A sentence with the number of changing steps that are not shown, or nil if all steps are shown.
  let left: String?
  /// A sentence with the number of steps that are not changed, or nil if every step is changed.
  ///
  /// A step is not changed if the reference that the step had at the earlier time is unknown.
  let leftAlone: String?
  let isEmpty: Bool

  /// The maximum number of rows.
  ///
  /// The command `reflog rollback --as-of` lists all steps.
  private static let mostRows = 150
  /// The maximum size, in bytes, of all rows together.
  ///
  /// With this limit, a page is smaller than 60 KB.
  private static let mostBytes = 50_000

  /// A row of the list: a step that the rollback changes.
  struct Row: Sendable {
    let step: String
    let flow: String
    /// The verb of the sentence in the row: `calls` if the step was already rolled back, otherwise `will call`.
    let action: String
    let after: ReferenceView
    /// The current reference, or the reference before the rollback if the step was rolled back.
    let before: ReferenceView
    let isDone: Bool
    /// The result of the step's newest change in this rollback, or nil if the rollback has not changed the step yet.
    let result: String?
    let tone: String
    /// The id of the step's newest change in this rollback, or nil if the rollback has not changed the step yet.
    let change: String?
    /// The id of the pending change that locks the step, or nil if the step is not locked.
    let pending: String?
    /// The reason why the step was not rolled back or can't be rolled back, or nil if no reason is known.
    let problem: String?
  }

  /// Creates the list.
  ///
  /// - Parameters:
  ///   - steps: the steps of the rollback.
  ///   - frozen: the freezes that cover the steps.
  init(_ steps: [TimeRollback.Item], frozen: FrozenSteps = .none) {
    let alone = steps.filter(\.isLeftAlone)
    let changing = steps.filter { !$0.isLeftAlone }.map { Row($0, frozen: frozen) }
    var weight = 0
    let sorted = changing.filter(\.isHindered) + changing.filter { !$0.isHindered }
    rows = Array(
      sorted.prefix(Self.mostRows).prefix { row in
        weight += row.weight
        return weight <= Self.mostBytes
      }
    )
    isEmpty = steps.isEmpty
    left = Self.sentence(sorted.count - rows.count, "… and 1 more step.") { "… and \($0) more steps." }
    leftAlone = Self.sentence(alone.count, "1 step is not changed. Its reference at that time is unknown.") {
      "\($0) steps are not changed. Their references at that time are unknown."
    }
  }

  private static func sentence(_ count: Int, _ one: String, _ many: (Int) -> String) -> String? {
    switch count {
    case 0: nil
    case 1: one
    default: many(count)
    }
  }
}

extension TimeRollback.Item {
  /// True if the rollback does not change the step, because the reference at the earlier time is unknown.
  var isLeftAlone: Bool { after == .unknown && change == nil }
}

extension TimeRollbackSteps.Row {
  /// The size, in bytes, of a row's HTML without the texts.
  private static let markup = 260

  fileprivate init(_ step: TimeRollback.Item, frozen: FrozenSteps) {
    isDone = step.change?.result == .applied
    self.step = step.address.step.name
    flow = step.address.flow.text
    action = isDone ? "calls" : "will call"
    after = ReferenceView(step.after)
    before = ReferenceView(step.before)
    result = step.change?.result.shownName
    tone = step.change.map { $0.result == .applied ? "good" : "warning" } ?? "plain"
    change = step.change?.id.description
    pending = isDone ? nil : step.pending?.description
    // If a pending change locks the step, the row shows a link to that change instead of a reason.
    let freeze = frozen.isOnlyObstacle(step) ? frozen.freezes[step.address] : nil
    let reason = step.problem ?? freeze.map { "Freeze \($0.id) covers this step." } ?? step.change?.outcome?.message
    problem = isDone || pending != nil ? nil : reason
  }

  fileprivate var isHindered: Bool { problem != nil || pending != nil }

  /// An estimate of the size, in bytes, of the row's HTML.
  fileprivate var weight: Int {
    let texts = [step, flow, after.name, after.id, before.name, before.id, problem].compactMap(\.self)
    return texts.reduce(Self.markup) { $0 + $1.weightInHTML }
  }
}
