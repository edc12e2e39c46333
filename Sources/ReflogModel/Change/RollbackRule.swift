/// The rule that decides whether a rollback is permitted.
///
/// The rule is used in four cases: for the plan of a rollback, for the request, for a repetition of the request, and
/// for a rollback to a time.
package enum RollbackRule {
  /// The facts about the address that the rule needs.
  ///
  /// In addition to these facts, the rule needs the id of the change to roll back, or the rollback to a time.
  package struct Situation: Sendable {
    /// The current reference.
    package let current: ConnectorReference
    /// Whether the current reference was set without Reflog and is not recorded as a drift yet.
    package let isDrifted: Bool
    /// The newest recorded effective change at the address, or nil if there is no effective change.
    package let newestEffective: Change?
    /// Whether the connector to restore exists, or nil if the connector was not read yet.
    ///
    /// The value is true if the rollback restores no connector.
    package var connectorExists: Bool?

    /// Creates a situation.
    package init(current: ConnectorReference, isDrifted: Bool, newestEffective: Change?, connectorExists: Bool?) {
      self.current = current
      self.isDrifted = isDrifted
      self.newestEffective = newestEffective
      self.connectorExists = connectorExists
    }
  }

  /// The changes that a rollback is allowed to undo in addition to the rolled-back change.
  ///
  /// These changes were made at the same address, later than the rolled-back change.
  package enum LaterChanges: Sendable {
    case none
    /// All later changes up to the newest change that the caller saw.
    ///
    /// The associated value is the id of this newest change.
    case upTo(Change.ID)
    case all
    /// The later changes that `and` permits, and one drift.
    ///
    /// `to` is the reference that the caller saw. The rollback is allowed to undo the drift only if `to` is still the
    /// current reference.
    indirect case drift(to: ConnectorReference, and: LaterChanges)

    fileprivate func permitDrift(to current: ConnectorReference) -> Bool {
      switch self {
      case .none, .upTo: false
      case .all: true
      case .drift(let seen, let others): seen == current || others.permitDrift(to: current)
      }
    }

    /// Returns whether the caller permits that later changes are undone, up to the change `newest`.
    package func permit(_ newest: Change.ID) -> Bool {
      switch self {
      case .none: false
      case .upTo(let id): newest <= id
      case .all: true
      case .drift(_, let others): others.permit(newest)
      }
    }
  }

  /// The decision of the rule.
  package enum Verdict: Sendable {
    /// The decision depends on whether the connector to restore exists.
    ///
    /// Read the connector, and call the rule again with ``Situation/connectorExists`` set.
    case dependsOnConnector
    case permitted
    /// The rollback is already done.
    ///
    /// The associated value is the change that set the requested reference: an earlier rollback of the same change or,
    /// for a rollback to a time, the newest applied change at the address.
    case done(Change)
    /// A later change blocks the rollback.
    case superseded
    /// A change was made after the rollback to a time was planned or requested.
    ///
    /// The associated value is the id of that change. The rollback does not undo the change.
    case changedSince(Change.ID)
    /// The connector to restore was deleted.
    case connectorMissing
  }

  /// Returns the address of a change, and the reference that a rollback of the change restores.
  ///
  /// - Throws: ``NotRollbackable`` if the change can't be rolled back in any situation.
  package static func target(of change: Change) throws(NotRollbackable) -> (
    address: Address, reference: ConnectorReference
  ) {
    guard let address = change.intent.subject.address else {
      throw NotRollbackable(why: Self.remedy(of: change))
    }
    guard change.result == .applied else {
      throw NotRollbackable(why: "it is \(change.result.rawValue), and only an applied change can be rolled back")
    }
    guard change.intent.kind != .baseline, change.intent.before != .unknown else {
      throw NotRollbackable(why: "the reference before it is unknown")
    }
    return (address, change.intent.before)
  }

  /// Returns the reason why a change of a connector can't be rolled back, with the command that restores the values.
  private static func remedy(of change: Change) -> String {
    let values = ConnectorRestoration(of: change)
    if values?.isComplete == true {
      return "it edited a connector. To restore the values before the edit, use `reflog restore \(change.id)` or the "
        + "page of the change"
    }
    let request =
      values?.known.isEmpty ?? true
      ? "" : ". `reflog show \(change.id)` and the page of the change show how to restore the other values"
    return "it changed a connector, and the secrets of a connector can't be restored\(request)"
  }

  /// The reason why a change can't be rolled back.
  package struct NotRollbackable: Error {
    /// The reason as a clause without a full stop, in some cases with a second sentence about the remedy.
    package let why: String
  }

  /// Decides whether a rollback of a change is permitted.
  ///
  /// If the newest effective change is already a rollback of the same change, the verdict is ``Verdict/done(_:)`` with
  /// that rollback. Any other later effective change blocks the rollback, except if the caller permits later changes.
  /// The rollback is then blocked even if the newest of these changes set the same reference as the change to roll
  /// back.
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

  /// Decides whether a rollback to a time is permitted at an address.
  ///
  /// - Parameters:
  ///   - rollback: The rollback to a time.
  ///   - target: The reference that the address held at that time.
  ///   - situation: The facts about the address that the rule needs.
  ///   - newestApplied: The newest applied change at the address, or nil if there is no applied change. If the address
  ///     already holds `target`, the verdict contains the newest applied change.
  package static func verdict(
    on rollback: TimeRollback,
    to target: ConnectorReference,
    in situation: Situation,
    newestApplied: Change?
  ) -> Verdict {
    if situation.current == target, let newestApplied { return .done(newestApplied) }
    // A later change blocks the rollback, because a caller made the later change on purpose. The check is skipped if
    // the current reference was set without Reflog, because the rollback undoes that drift.
    if !situation.isDrifted, let planned = rollback.newestChange, let newest = situation.newestEffective,
      newest.id > planned,
      newest.intent.batchID != rollback.batchID, newest.intent.kind != .drift
    {
      return .changedSince(newest.id)
    }
    return verdict(onConnectorIn: situation)
  }
}
