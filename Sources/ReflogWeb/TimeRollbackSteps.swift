import ReflogModel

/// The steps of a rollback to a time, as its plan and its progress show them.
struct TimeRollbackSteps: Sendable {
  /// The steps that change, by address; those that can't be rolled back come first.
  let rows: [Row]
  /// How many changing steps are left out, as a sentence, or nil if all are shown.
  let left: String?
  /// How many steps stay as they are because their earlier reference is unknown, as a sentence, or nil if none does.
  let leftAlone: String?
  let isEmpty: Bool

  /// The most rows; `reflog rollback --as-of` lists all of them.
  private static let mostRows = 150
  /// The most bytes of all rows together, so that a page stays below 60 KB.
  private static let mostBytes = 50_000

  /// A step that changes.
  struct Row: Sendable {
    let step: String
    let flow: String
    /// The verb of the row's sentence: `will call`, or `calls` once that is done.
    let action: String
    let after: ReferenceView
    /// The current reference, or the one before the rollback once that is done.
    let before: ReferenceView
    let isDone: Bool
    /// The result of the step's newest change, or nil if there is none yet.
    let result: String?
    let tone: String
    /// The id of the step's newest change, or nil if there is none yet.
    let change: String?
    /// The id of the pending change that locks the step, or nil if none does.
    let pending: String?
    /// Why the step can't be or was not rolled back, or nil if no reason is known.
    let problem: String?
  }

  init(_ steps: [TimeRollback.Item]) {
    let alone = steps.filter(\.isLeftAlone)
    let changing = steps.filter { !$0.isLeftAlone }.map(Row.init)
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
    leftAlone = Self.sentence(alone.count, "1 step stays as it is. It is unknown what it called then.") {
      "\($0) steps stay as they are. It is unknown what they called then."
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
  /// True if the step stays as it is because its earlier reference is unknown.
  var isLeftAlone: Bool { after == .unknown && change == nil }
}

extension TimeRollbackSteps.Row {
  /// The size of a row without its texts, in bytes.
  private static let markup = 260

  fileprivate init(_ step: TimeRollback.Item) {
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
    // The pending change is the reason, and the row links to it.
    problem = isDone || pending != nil ? nil : step.problem ?? step.change?.outcome?.message
  }

  fileprivate var isHindered: Bool { problem != nil || pending != nil }

  /// An estimate of the row's size on a page, in bytes.
  fileprivate var weight: Int {
    let texts = [step, flow, after.name, after.id, before.name, before.id, problem].compactMap(\.self)
    return texts.reduce(Self.markup) { $0 + $1.weightInHTML }
  }
}
