import ReflogModel

/// The numbers of changes in a period, for one flow, for all connectors, or in total.
struct FlowSummary {
  /// The maximum number of people and programs whose changes are counted separately.
  ///
  /// This limits the memory that a summary needs. The changes of all other people and programs are counted together.
  private static let actorLimit = 1000

  /// A person or a program, and the number of their changes.
  struct Share {
    /// The name. If the name was erased in all of these changes, the text is `[erased]` and the id.
    var name: String
    var changes: Int64
  }

  private(set) var updates: Int64 = 0
  private(set) var rollbacks: Int64 = 0
  private(set) var drift: Int64 = 0
  private(set) var baselines: Int64 = 0
  /// The number of changes that were refused because of the caller's role or because of a freeze.
  private(set) var denied: Int64 = 0
  /// The number of changes that were settled but not applied, except the denied changes.
  private(set) var notApplied: Int64 = 0
  private(set) var pending: Int64 = 0
  /// The number of changes that an operator requested in spite of a freeze.
  ///
  /// Some of these changes may not be applied, for example because the directory refused them.
  private(set) var overridden: Int64 = 0
  /// The number of updates and rollbacks without a recorded reason, except the denied changes.
  private(set) var withoutReason: Int64 = 0
  /// The number of updates and rollbacks whose personal data was erased.
  ///
  /// The reasons of these changes are not known.
  private(set) var erased: Int64 = 0
  private var actors: [ActorKey: Share] = [:]
  private var othersChanges: Int64 = 0

  private struct ActorKey: Hashable {
    let type: Change.ActorType
    let id: String?
  }

  /// The number of all changes.
  var changes: Int64 { updates + rollbacks + drift + baselines }

  /// Counts a change.
  mutating func add(_ change: Change) {
    let intent = change.intent
    switch intent.kind {
    case .update: updates += 1
    case .rollback: rollbacks += 1
    case .drift: drift += 1
    case .baseline: baselines += 1
    }
    switch change.result {
    case .denied: denied += 1
    case .rejected, .notApplied, .superseded, .unknown: notApplied += 1
    case .pending: pending += 1
    case .applied: break
    }
    if change.override != nil { overridden += 1 }
    guard intent.kind == .update || intent.kind == .rollback else { return }
    if change.erased != nil {
      erased += 1
    } else if intent.reason?.unlessBlank == nil, change.result != .denied {
      withoutReason += 1
    }
    count(intent.actor, erased: change.erased)
  }

  private mutating func count(_ actor: Change.Actor, erased: Erased?) {
    let key = ActorKey(type: actor.type, id: actor.id)
    if actors[key] != nil {
      actors[key]?.changes += 1
      if erased == nil { actors[key]?.name = actor.shownName }
    } else if actors.count < Self.actorLimit {
      actors[key] = Share(name: actor.shownName(erased: erased), changes: 1)
    } else {
      othersChanges += 1
    }
  }

  /// Returns the people and programs with the most updates and rollbacks.
  ///
  /// `others` is the number of updates and rollbacks by all other people and programs.
  func shares(_ limit: Int) -> (first: [Share], others: Int64) {
    let sorted = actors.values.sorted { ($1.changes, $0.name) < ($0.changes, $1.name) }
    return (Array(sorted.prefix(limit)), sorted.dropFirst(limit).reduce(othersChanges) { $0 + $1.changes })
  }
}

/// The numbers of changes in a period: for each flow, for all connectors, and in total.
struct PeriodSummary {
  private(set) var flows: [FlowName: FlowSummary] = [:]
  private(set) var connectors = FlowSummary()
  private(set) var total = FlowSummary()

  /// Counts a change.
  mutating func add(_ change: Change) {
    total.add(change)
    if let address = change.intent.subject.address {
      flows[FlowName(of: address), default: FlowSummary()].add(change)
    } else {
      connectors.add(change)
    }
  }
}
