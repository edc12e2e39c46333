/// A rollback to a time, which sets every address in its scope back to what it held then.
package struct TimeRollback: Sendable {
  /// The id that all its changes share: a GUID in lower case.
  package let batchID: String
  package let asOf: Timestamp
  package let scope: FlowScope
  /// The newest change when the rollback was planned, or else requested; nil if there was none.
  ///
  /// Later changes are not undone: they were made on purpose.
  package let newestChange: Change.ID?

  /// Creates a rollback.
  package init(batchID: String, asOf: Timestamp, scope: FlowScope, newestChange: Change.ID? = nil) {
    self.batchID = batchID
    self.asOf = asOf
    self.scope = scope
    self.newestChange = newestChange
  }

  /// The rollback of one address: what is to be done, or was done.
  package struct Item: Sendable {
    package let address: Address
    /// The reference before the rollback; until then, the current one.
    package let before: ConnectorReference
    /// The reference at the time. If it is unknown, the address is not changed.
    package let after: ConnectorReference
    /// The newest change of the rollback at the address, or nil if there is none.
    package var change: Change?
    /// Why there is no applied change, or nil if there is one or the reason is unknown.
    package var problem: String?
    /// The pending change that locks the address, or nil if there is none.
    package var pending: Change.ID?

    /// Creates an item.
    package init(address: Address, before: ConnectorReference, after: ConnectorReference, change: Change? = nil) {
      self.address = address
      self.before = before
      self.after = after
      self.change = change
    }

    /// The effect at the address as a sentence.
    package var summary: String {
      after == .unknown
        ? "what \(address.step) of \(address.flow) called is unknown, so it is not changed; it now calls \(before)"
        : "\(address.step) of \(address.flow) will call \(after); it now calls \(before)"
    }
  }

  /// Returns the addresses to set back: those that now hold another reference, or whose reference at the time is
  /// unknown.
  ///
  /// - Parameters:
  ///   - then: What addresses held at the time.
  ///   - now: What they hold now.
  package func steps(then: [ConnectorConfiguration], now: [ConnectorConfiguration]) -> [Item] {
    let held = Dictionary(then.map { ($0.address, $0.reference) }) { first, _ in first }
    return now.filter { scope.contains($0.address) }.compactMap { configuration in
      let before = configuration.reference
      let after = held[configuration.address] ?? .unknown
      return before == after ? nil : Item(address: configuration.address, before: before, after: after)
    }
  }
}

/// How far a rollback to a time is.
package struct TimeRollbackProgress: Sendable {
  /// Whether a rollback is in progress.
  package enum State: String, Sendable, CaseIterable {
    /// It is in progress.
    case running
    /// It has set back every address whose reference at the time is known.
    case done
    /// It ended before that, and continues if its batch id is requested again.
    case partial
  }

  package let rollback: TimeRollback
  package let state: State
  package let steps: [TimeRollback.Item]

  /// Creates a progress report.
  package init(rollback: TimeRollback, state: State, steps: [TimeRollback.Item]) {
    self.rollback = rollback
    self.state = state
    self.steps = steps
  }
}

/// What a rollback to a time would do at this moment.
package struct TimeRollbackPlan: Sendable {
  package let rollback: TimeRollback
  package let steps: [TimeRollback.Item]
  /// Why the directory could not be asked whether the connectors to restore exist, or nil if it could or was not asked.
  package let unasked: String?

  /// Creates a plan.
  package init(rollback: TimeRollback, steps: [TimeRollback.Item], unasked: String?) {
    self.rollback = rollback
    self.steps = steps
    self.unasked = unasked
  }
}
