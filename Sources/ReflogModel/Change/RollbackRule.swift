/// Decides about a rollback: one rule for the plan, the request, its repeat, and each address of a rollback to a time.
package enum RollbackRule {
  /// What the rule must know of the address, apart from the change.
  package struct Situation: Sendable {
    /// The current reference.
    package let current: ConnectorReference
    /// Whether the current reference was set without Reflog, and no drift is recorded for it yet.
    package let isDrifted: Bool
    /// The newest recorded effective change at the address, or nil if there is none.
    package let newestEffective: Change?
    /// Whether the connector to restore exists; true if there is none to restore, and nil if it was not read yet.
    package var connectorExists: Bool?

    /// Creates a situation.
    package init(current: ConnectorReference, isDrifted: Bool, newestEffective: Change?, connectorExists: Bool?) {
      self.current = current
      self.isDrifted = isDrifted
      self.newestEffective = newestEffective
      self.connectorExists = connectorExists
    }
  }

  /// Which later changes of the same address a rollback may undo too.
  package enum LaterChanges: Sendable {
    case none
    /// Those up to the newest one that the caller saw.
    case upTo(Change.ID)
    case all
    /// The others, and a reference that was set without Reflog, if it is still the one that the caller saw.
    indirect case drift(to: ConnectorReference, and: LaterChanges)

    fileprivate func permitDrift(to current: ConnectorReference) -> Bool {
      switch self {
      case .none, .upTo: false
      case .all: true
      case .drift(let seen, let others): seen == current || others.permitDrift(to: current)
      }
    }

    fileprivate func permit(_ newest: Change.ID) -> Bool {
      switch self {
      case .none: false
      case .upTo(let id): newest <= id
      case .all: true
      case .drift(_, let others): others.permit(newest)
      }
    }
  }

  /// What the rule decides.
  package enum Verdict: Sendable {
    /// Whether the rollback is permitted depends on whether the connector to restore exists. Read it, then ask again.
    case dependsOnConnector
    case permitted
    /// The address holds what is asked for, because of this change: an earlier rollback, or the newest applied change.
    case done(Change)
    /// A later change blocks the rollback.
    case superseded
    /// This change was made after the rollback to a time was requested, and stays.
    case changedSince(Change.ID)
    /// The connector to restore does not exist any more.
    case connectorMissing
  }

  /// Returns the address of a change, and the reference that a rollback of it restores.
  ///
  /// - Throws: ``NotRollbackable`` if the change can't be rolled back in any situation.
  package static func target(of change: Change) throws(NotRollbackable) -> (
    address: Address, reference: ConnectorReference
  ) {
    guard let address = change.intent.subject.address else {
      throw NotRollbackable(why: "it wrote a connector, and the secrets of a connector can't be read back")
    }
    guard change.result == .applied else {
      throw NotRollbackable(why: "it is \(change.result.rawValue), and only an applied change can be")
    }
    guard change.intent.kind != .baseline, change.intent.before != .unknown else {
      throw NotRollbackable(why: "the reference before it is unknown")
    }
    return (address, change.intent.before)
  }

  /// The reason why a change can't be rolled back.
  package struct NotRollbackable: Error {
    /// The reason as a clause, without a full stop.
    package let why: String
  }

  /// Decides whether a change may be rolled back.
  ///
  /// If an earlier rollback of the same change is in force, that rollback is the answer. Any later effective change
  /// blocks the rollback, even if the reference is the same again, unless the caller permits it.
  package static func verdict(
    on id: Change.ID,
    in situation: Situation,
    permitting later: LaterChanges
  ) -> Verdict {
    if situation.isDrifted {
      guard later.permitDrift(to: situation.current) else { return .superseded }
    } else if let newest = situation.newestEffective, newest.intent.rollbackOf == id {
      return .done(newest)
    }
    if let newest = situation.newestEffective, newest.id > id, newest.intent.rollbackOf != id {
      guard later.permit(newest.id) else { return .superseded }
    }
    return verdict(onConnectorIn: situation)
  }

  private static func verdict(onConnectorIn situation: Situation) -> Verdict {
    switch situation.connectorExists {
    case true: .permitted
    case false: .connectorMissing
    case nil: .dependsOnConnector
    }
  }

  /// Decides whether an address may be set back to what it held at a time.
  ///
  /// - Parameters:
  ///   - rollback: The rollback to a time.
  ///   - target: What the address held then.
  ///   - situation: What the rule must know of the address.
  ///   - newestApplied: The newest applied change there, or nil if there is none. It is the answer if the address
  ///     already holds `target`.
  package static func verdict(
    on rollback: TimeRollback,
    to target: ConnectorReference,
    in situation: Situation,
    newestApplied: Change?
  ) -> Verdict {
    if situation.current == target, let newestApplied { return .done(newestApplied) }
    // The caller wants to undo a change that was made without Reflog. Then earlier changes do not matter.
    if !situation.isDrifted, let planned = rollback.newestChange, let newest = situation.newestEffective,
      newest.id > planned,
      newest.intent.batchID != rollback.batchID, newest.intent.kind != .drift
    {
      return .changedSince(newest.id)
    }
    return verdict(onConnectorIn: situation)
  }
}
