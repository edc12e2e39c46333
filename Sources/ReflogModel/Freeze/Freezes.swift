/// The freezes that are in force or planned, stored by scope for a fast comparison with each change.
///
/// The newest freezes that are over are also kept. They are needed because a change that was made without Reflog is
/// found only some time after it was made.
package struct Freezes: Sendable {
  /// The maximum number of freezes that are kept after they are over.
  package static let maximumPastCount = 100

  private var ofEverything: [Freeze] = []
  private var ofFlows: [FlowName: [Freeze]] = [:]
  private var ofAddresses: [Address: [Freeze]] = [:]
  /// The newest freezes that are over, in the order in which they ended or were released.
  package let past: [Freeze]

  /// Creates the set.
  ///
  /// - Parameters:
  ///   - freezes: The freezes that are in force or planned.
  ///   - past: The freezes that are over. If there are more than ``maximumPastCount``, those that ended first are left
  ///     out.
  package init(_ freezes: [Freeze] = [], past: [Freeze] = []) {
    let sorted = past.sorted { ($0.endOrRelease ?? .distantFuture, $0.id) < ($1.endOrRelease ?? .distantFuture, $1.id) }
    self.past = sorted.suffix(Self.maximumPastCount)
    for freeze in freezes { insert(freeze) }
  }

  /// Creates the set from freezes that are planned, in force or over at a time.
  package init(_ freezes: [Freeze], at time: Timestamp) {
    self.init(freezes.filter { $0.isOpen(at: time) }, past: freezes.filter { !$0.isOpen(at: time) })
  }

  /// Whether no freeze is in force or planned.
  package var isEmpty: Bool { ofEverything.isEmpty && ofFlows.isEmpty && ofAddresses.isEmpty }

  /// All freezes that are in force or planned, in the order in which they were placed.
  package var all: [Freeze] {
    (ofEverything + ofFlows.values.joined() + ofAddresses.values.joined()).sorted { $0.id < $1.id }
  }

  private mutating func insert(_ freeze: Freeze) {
    switch freeze.scope {
    case .everything: ofEverything.append(freeze)
    case .flow(let flow): ofFlows[flow, default: []].append(freeze)
    case .address(let address): ofAddresses[address, default: []].append(freeze)
    }
  }

  /// Returns the freezes that cover a subject and are in force at a time.
  package func covering(_ subject: Change.Subject, at time: Timestamp) -> [Freeze] {
    guard !isEmpty else { return [] }
    var covering = ofEverything
    if let address = subject.address {
      covering += ofFlows[FlowName(of: address)] ?? []
      covering += ofAddresses[address] ?? []
    }
    return covering.filter { $0.state(at: time) == .inForce }
  }

  /// Returns the freezes that cover at least one of several parts of the directory and are in force at a time.
  ///
  /// Every check of a request uses this method. The result has the order in which the freezes were placed. If a freeze
  /// covers a part directly and also covers a step that calls a connector, the result contains the freeze without this
  /// step.
  ///
  /// - Parameters:
  ///   - parts: The parts that a request changes.
  ///   - time: The time for which the freezes are checked.
  ///   - callers: A function that gets a connector and some flows, and returns the steps of these flows that call the
  ///     connector. The function is called only if a freeze could cover one of these steps.
  package func covering(
    _ parts: [ChangedPart],
    at time: Timestamp,
    callers: (ConnectorID, Set<FlowName>) throws -> [Address]
  ) rethrows -> [CoveringFreeze] {
    guard !isEmpty else { return [] }
    var found: [Int64: CoveringFreeze] = [:]
    for part in parts {
      for covering in try covering(part, at: time, callers) {
        let known = found[covering.freeze.id]
        if known == nil || covering.caller == nil { found[covering.freeze.id] = covering }
      }
    }
    return found.values.sorted { $0.freeze.id < $1.freeze.id }
  }

  private func covering(
    _ part: ChangedPart,
    at time: Timestamp,
    _ callers: (ConnectorID, Set<FlowName>) throws -> [Address]
  ) rethrows -> [CoveringFreeze] {
    switch part {
    case .subject(let subject): return covering(subject, at: time).map { CoveringFreeze($0) }
    case .flow(let flow):
      let ofSteps = ofAddresses.filter { FlowName(of: $0.key) == flow }.values.joined()
      return (ofEverything + (ofFlows[flow] ?? []) + ofSteps).filter { $0.state(at: time) == .inForce }
        .map { CoveringFreeze($0) }
    case .callers(let connector):
      let flows = Set(all.filter { $0.state(at: time) == .inForce }.compactMap(\.scope.flow))
      guard !flows.isEmpty else { return [] }
      return try callers(connector, flows).sorted().flatMap { caller in
        covering(.step(caller), at: time).map { CoveringFreeze($0, caller: caller) }
      }
    }
  }

  /// Returns the freeze during which a change was made without Reflog, or nil if there is no such freeze.
  ///
  /// The exact time of the change is unknown. The change was made between two reads of the directory: the first read
  /// showed the older reference, and the second read found the change. The first read may have been stale, so the
  /// period in which the change was made begins one settle window before the first read. The change was certainly made
  /// during a freeze only if the freeze was in force during the whole period. If the time of the first read is not
  /// known, the result is a freeze that is in force when the change is found.
  ///
  /// A change of a connector is also compared with the freezes of the steps that called the connector in this period.
  ///
  /// - Parameters:
  ///   - drift: The change that was made without Reflog.
  ///   - window: The directory's settle window.
  ///   - callers: The steps that called the connector of the change in this period, or nil for a change of a step.
  /// - Returns: The freeze, and whether the change was certainly made during the freeze. If this is certain for one
  ///   freeze and only possible for another, the certain one is returned.
  package func despite(
    _ drift: Change,
    window: Duration,
    callers: Freeze.Drift.Callers? = nil
  ) -> (freeze: Freeze, isCertain: Bool)? {
    let (found, subject) = (drift.activityDateTime, drift.intent.subject)
    let earliest = drift.earliestMoment(window: window)
    let (always, sometimes) = (callers?.always ?? [], callers?.sometimes ?? [])
    func covers(_ freeze: Freeze, _ callers: Set<Address>) -> Bool {
      freeze.scope.contains(subject) || callers.contains { freeze.scope.contains(.step($0)) }
    }
    let freezes = past + all
    if let earliest {
      let certain = freezes.filter { covers($0, always) && $0.isInForce(from: earliest, through: found) }
      if let freeze = certain.endingLast { return (freeze, true) }
    }
    let possible = freezes.filter {
      covers($0, always.union(sometimes)) && $0.isInForce(sometimeBetween: earliest ?? found, and: found)
    }
    return possible.endingLast.map { ($0, false) }
  }

  /// The flows with a freeze of the flow itself or of one of its steps.
  ///
  /// The planned freezes count too, and also the kept freezes that are over.
  package var flows: Set<FlowName> { Set((past + all).compactMap(\.scope.flow)) }

  /// Returns the number of freezes that are in force at a time.
  package func count(at time: Timestamp) -> Int { all.count { $0.state(at: time) == .inForce } }
}

extension [Freeze] {
  /// The freeze that ends last, or nil if the list is empty.
  ///
  /// A message shows this freeze, because a change is refused until this freeze ends.
  package var endingLast: Freeze? { self.max { $1.endsLater(than: $0) } }
}
