/// Judges a rollback: the one rule for the plan, the request, its repeat, and each address of a rollback to a time.
package enum RollbackRule {
  /// What the rule needs to know of the address, besides the change.
  package struct Situation: Sendable {
    /// What the address holds now.
    package let current: ConnectorReference
    /// Whether the ledger expected something else there: a change that was made without Reflog, and is not on record yet.
    package let isDrifted: Bool
    /// The newest change on record that made a difference there, or nil if there is none.
    package let newestEffective: Change?
    /// Whether the connector to go back to still exists; true where that is nothing, and nil where nobody looked yet.
    package var connectorExists: Bool?

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
    /// Those up to the newest that the caller saw.
    case upTo(Change.ID)
    case all
    /// Those, and what was set without Reflog, if the address holds what the caller saw there.
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

  package enum Verdict: Sendable {
    /// It depends on whether the connector to go back to exists: find out, and ask again.
    case dependsOnConnector
    case permitted
    /// This is what is asked for, and it is in force: an earlier rollback, or what the address holds already.
    case done(Change)
    /// A later change stands in the way.
    case superseded
    /// This change was made after the rollback to a time was asked for, and stays.
    case changedSince(Change.ID)
    /// The connector to go back to does not exist any more.
    case connectorMissing
  }

  /// The address and the reference that a rollback of a change goes back to. Throws where it can't be rolled back at all, whatever the
  /// situation.
  package static func target(of change: Change) throws(NotRollbackable) -> (
    address: Address, reference: ConnectorReference
  ) {
    guard let address = change.intent.subject.address else {
      throw NotRollbackable(why: "it is about a connector itself, whose secrets can't be read back")
    }
    guard change.result == .applied else {
      throw NotRollbackable(why: "it is \(change.result.rawValue), and only an applied change can be")
    }
    guard change.intent.kind != .baseline, change.intent.before != .unknown else {
      throw NotRollbackable(why: "the reference before it is unknown")
    }
    return (address, change.intent.before)
  }

  /// Why a change can't be rolled back.
  package struct NotRollbackable: Error {
    package let why: String
  }

  /// Whether a change may be rolled back now.
  ///
  /// An earlier rollback of the same change that is in force is the answer to asking again. Any later change that made a difference
  /// stands in the way, even where the value is the same again, unless the caller permits it.
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

  /// Whether an address may be brought back to what it held at a time.
  ///
  /// - Parameter newestApplied: the newest applied change there, which is the answer where the address holds that already.
  package static func verdict(
    on rollback: TimeRollback,
    to target: ConnectorReference,
    in situation: Situation,
    newestApplied: Change?
  ) -> Verdict {
    if situation.current == target, let newestApplied { return .done(newestApplied) }
    // A change that was made without Reflog is what the caller wants to undo, so earlier changes do not matter.
    if !situation.isDrifted, let asked = rollback.newestChange, let newest = situation.newestEffective,
      newest.id > asked,
      newest.intent.batchID != rollback.batchID, newest.intent.kind != .drift
    {
      return .changedSince(newest.id)
    }
    return verdict(onConnectorIn: situation)
  }
}
