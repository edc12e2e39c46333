/// A rollback to a time.
///
/// The rollback sets every address in its scope back to the reference that the address held at the target time.
package struct TimeRollback: Sendable {
  /// The id of the rollback, a GUID in lower case.
  ///
  /// Every change that the rollback makes contains this id.
  package let batchID: String
  package let asOf: Timestamp
  package let scope: FlowScope
  /// The newest change when the rollback was planned, or nil if there was no change.
  ///
  /// If there was no plan, the value is the newest change when the rollback was requested. The rollback does not undo
  /// newer changes by callers, because callers made these changes on purpose.
  package let newestChange: Change.ID?

  /// Creates a rollback.
  package init(batchID: String, asOf: Timestamp, scope: FlowScope, newestChange: Change.ID? = nil) {
    self.batchID = batchID
    self.asOf = asOf
    self.scope = scope
    self.newestChange = newestChange
  }

  /// The part of the rollback for one address: the planned effect, or the result.
  package struct Item: Sendable {
    package let address: Address
    /// The reference before the rollback.
    ///
    /// Until the rollback has been made, the value is the current reference.
    package let before: ConnectorReference
    /// The reference that the address held at the target time.
    ///
    /// If this reference is unknown, the rollback does not change the address.
    package let after: ConnectorReference
    /// The newest change that the rollback made at the address, or nil if the rollback has made no change.
    package var change: Change?
    /// The reason why the rollback has no applied change at the address.
    ///
    /// The value is nil if there is an applied change, or if the reason is unknown.
    package var problem: String?
    /// The pending change that blocks other changes at the address, or nil if no change is pending at the address.
    package var pending: Change.ID?

    /// Creates an item.
    package init(address: Address, before: ConnectorReference, after: ConnectorReference, change: Change? = nil) {
      self.address = address
      self.before = before
      self.after = after
      self.change = change
    }

    /// The effect of the rollback at the address, as a sentence.
    package var summary: String {
      after == .unknown
        ? "the earlier reference of \(address.step) of \(address.flow) is unknown, so the step is not changed; "
          + "it now calls \(before)"
        : "\(address.step) of \(address.flow) will call \(after); it now calls \(before)"
    }
  }

  /// Returns one item for each address in the scope whose reference at the target time is not the current reference.
  ///
  /// If the reference at the target time is unknown, the rollback can't set the address back.
  ///
  /// - Parameters:
  ///   - then: The configurations at the target time.
  ///   - now: The current configurations.
  package func steps(then: [ConnectorConfiguration], now: [ConnectorConfiguration]) -> [Item] {
    let held = Dictionary(then.map { ($0.address, $0.reference) }) { first, _ in first }
    return now.filter { scope.contains($0.address) }.compactMap { configuration in
      let before = configuration.reference
      let after = held[configuration.address] ?? .unknown
      return before == after ? nil : Item(address: configuration.address, before: before, after: after)
    }
  }
}

/// The progress of a rollback to a time.
package struct TimeRollbackProgress: Sendable {
  /// The state of a rollback to a time.
  package enum State: String, Sendable, CaseIterable {
    /// The rollback is in progress.
    case running
    /// The rollback has set back every address whose reference at the target time is known.
    case done
    /// The rollback ended before it had set back every address whose reference at the target time is known.
    ///
    /// The rollback continues if a caller sends the request again with the same batch id.
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

/// The effect that a rollback to a time would have at this moment.
package struct TimeRollbackPlan: Sendable {
  package let rollback: TimeRollback
  package let steps: [TimeRollback.Item]
  /// The reason why Reflog could not check whether a connector to restore exists, or nil if no check failed.
  ///
  /// The value is also nil if the directory was not read at all.
  package let unasked: String?
  /// The steps in the scope whose connector was edited after the target time.
  ///
  /// Each of these steps called the connector at the target time. Each step also calls the connector now, or will call
  /// the connector after the rollback.
  package let edited: [EditedStep]

  /// Creates a plan.
  package init(rollback: TimeRollback, steps: [TimeRollback.Item], unasked: String?, edited: [EditedStep] = []) {
    self.rollback = rollback
    self.steps = steps
    self.unasked = unasked
    self.edited = edited
  }
}
