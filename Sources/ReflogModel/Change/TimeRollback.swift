/// A rollback to a time: every address in its scope is brought back to what it held then.
package struct TimeRollback: Sendable {
  /// Common to all its changes: a GUID, in lower case.
  package let batchID: String
  package let asOf: Timestamp
  package let scope: FlowScope
  /// The newest change when it was planned, or else asked for: what was changed later is somebody's wish, and stays.
  package let newestChange: Change.ID?

  package init(batchID: String, asOf: Timestamp, scope: FlowScope, newestChange: Change.ID? = nil) {
    self.batchID = batchID
    self.asOf = asOf
    self.scope = scope
    self.newestChange = newestChange
  }

  /// What is to be done at an address, or was.
  package struct Item: Sendable {
    package let address: Address
    /// What stood there before it was brought back; until then, what stands.
    package let before: ConnectorReference
    /// What it held at the time; unknown where nobody had looked yet, and then it is left alone.
    package let after: ConnectorReference
    /// The newest change of the rollback there.
    package var change: Change?
    /// Why there is none, or none that was applied, where that is known.
    package var problem: String?
    /// The change that locks the address as long as nobody knows whether it took place.
    package var pending: Change.ID?

    package init(address: Address, before: ConnectorReference, after: ConnectorReference, change: Change? = nil) {
      self.address = address
      self.before = before
      self.after = after
      self.change = change
    }

    /// What is done there, in words.
    package var summary: String {
      after == .unknown
        ? "what \(address.step) of \(address.flow) called is not known, so it is left alone; it now calls \(before)"
        : "\(address.step) of \(address.flow) will call \(after); it now calls \(before)"
    }
  }

  /// The steps that bring back what was: where something else stands now, and where nobody knows what was.
  ///
  /// - Parameters:
  ///   - then: what addresses held at the time.
  ///   - now: what they hold now.
  package func steps(then: [ConnectorConfiguration], now: [ConnectorConfiguration]) -> [Item] {
    let held = Dictionary(then.map { ($0.address, $0.reference) }) { first, _ in first }
    return now.filter { scope.contains($0.address) }.compactMap { configuration in
      let before = configuration.reference
      let after = held[configuration.address] ?? .unknown
      return before == after ? nil : Item(address: configuration.address, before: before, after: after)
    }
  }
}

/// How far a rollback to a time came.
package struct TimeRollbackProgress: Sendable {
  package enum State: String, Sendable, CaseIterable {
    /// It is under way.
    case running
    /// Every address of which it is known holds what it held then.
    case done
    /// It ended before that; it goes on where its id is given again.
    case partial
  }

  package let rollback: TimeRollback
  package let state: State
  package let steps: [TimeRollback.Item]

  package init(rollback: TimeRollback, state: State, steps: [TimeRollback.Item]) {
    self.rollback = rollback
    self.state = state
    self.steps = steps
  }
}

/// What a rollback to a time would do now.
package struct TimeRollbackPlan: Sendable {
  package let rollback: TimeRollback
  package let steps: [TimeRollback.Item]
  /// Why it could not be found out whether the connectors to go back to are still there; nothing where it could.
  package let unasked: String?

  package init(rollback: TimeRollback, steps: [TimeRollback.Item], unasked: String?) {
    self.rollback = rollback
    self.steps = steps
    self.unasked = unasked
  }
}
