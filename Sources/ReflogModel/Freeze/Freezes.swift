/// The freezes that are in force or planned, arranged for a fast comparison with each change.
package struct Freezes: Sendable {
  private var ofEverything: [Freeze] = []
  private var ofFlows: [FlowName: [Freeze]] = [:]
  private var ofAddresses: [Address: [Freeze]] = [:]

  /// Creates the set from freezes that no person released.
  package init(_ freezes: [Freeze] = []) {
    for freeze in freezes { insert(freeze) }
  }

  /// Whether the set contains no freeze.
  package var isEmpty: Bool { ofEverything.isEmpty && ofFlows.isEmpty && ofAddresses.isEmpty }

  /// All freezes, in the order in which they were placed.
  package var all: [Freeze] {
    (ofEverything + ofFlows.values.joined() + ofAddresses.values.joined()).sorted { $0.id < $1.id }
  }

  /// Adds a freeze.
  package mutating func insert(_ freeze: Freeze) {
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

  /// Returns the freezes that cover at least one of several subjects and are in force at a time.
  ///
  /// The freezes are in the order in which they were placed.
  package func covering(_ subjects: [Change.Subject], at time: Timestamp) -> [Freeze] {
    guard !isEmpty else { return [] }
    var found: [Int64: Freeze] = [:]
    for subject in subjects {
      for freeze in covering(subject, at: time) { found[freeze.id] = freeze }
    }
    return found.values.sorted { $0.id < $1.id }
  }

  /// Returns the number of freezes that are in force at a time.
  package func count(at time: Timestamp) -> Int { all.count { $0.state(at: time) == .inForce } }
}

extension [Freeze] {
  /// The freeze that ends last, or nil if the list is empty.
  ///
  /// A message shows this freeze, because a change is refused until this freeze ends.
  package var endingLast: Freeze? { self.max { $1.endsLater(than: $0) } }
}
