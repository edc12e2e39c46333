import ReflogModel

/// The steps of a rollback to a time, as its plan and its progress show them.
struct TimeRollbackSteps: Sendable {
  /// Those that can't be brought back first, then the others, by address.
  let rows: [Row]
  /// How many more change than are shown, as a sentence; nothing where all are.
  let left: String?
  /// How many stay as they are, as a sentence; nothing where none does.
  let leftAlone: String?
  let isEmpty: Bool

  /// More than this is a file's matter: `reflog rollback --as-of`.
  private static let mostRows = 150
  /// What they may weigh in all: a page is under 60 KB.
  private static let mostBytes = 50_000

  struct Row: Sendable {
    let step: String
    let flow: String
    /// What is done there, or was.
    let deed: String
    let after: ReferenceView
    /// What it is done in place of.
    let before: ReferenceView
    let isDone: Bool
    let result: String?
    let tone: String
    let change: String?
    /// The change that locks the step.
    let pending: String?
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
    leftAlone = Self.sentence(alone.count, "1 step stays as it is, since nobody knows what it called then.") {
      "\($0) steps stay as they are, since nobody knows what they called then."
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
  /// Whether nothing is done there, since nobody knows what it called.
  var isLeftAlone: Bool { after == .unknown && change == nil }
}

extension TimeRollbackSteps.Row {
  /// What a row weighs beside its texts.
  private static let markup = 260

  fileprivate init(_ step: TimeRollback.Item) {
    isDone = step.change?.result == .applied
    self.step = step.address.step.name
    flow = step.address.flow.text
    deed = isDone ? "calls" : "will call"
    after = ReferenceView(step.after)
    before = ReferenceView(step.before)
    result = step.change?.result.shownName
    tone = step.change.map { $0.result == .applied ? "good" : "warning" } ?? "plain"
    change = step.change?.id.description
    pending = isDone ? nil : step.pending?.description
    // What locks it says more than that something does.
    problem = isDone || pending != nil ? nil : step.problem ?? step.change?.outcome?.message
  }

  fileprivate var isHindered: Bool { problem != nil || pending != nil }

  /// More than the bytes that it is on a page.
  fileprivate var weight: Int {
    let texts = [step, flow, after.name, after.id, before.name, before.id, problem].compactMap(\.self)
    return texts.reduce(Self.markup) { $0 + $1.weightInHTML }
  }
}
