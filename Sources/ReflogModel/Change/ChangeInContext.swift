/// A change together with facts that other changes contain.
///
/// These facts are not in the record of the change itself, because that record is never altered. They are found in
/// later changes, and in the changes of the steps that called the connector.
package struct ChangeInContext: Sendable {
  package let change: Change
  /// The applied rollback of the change, the applied rollback of that rollback, and so on.
  ///
  /// The list is empty if the change was not rolled back. If the list has an even number of ids, the newest rollback in
  /// the list restored the effect of the change.
  package let rolledBackBy: [Change.ID]
  /// The steps that called the connector when the change was made, sorted by address.
  ///
  /// A step that only possibly called the connector is also included, see ``ConnectorCaller/isCertain``.
  ///
  /// The value is nil if the subject of the change is a step, or if the ledger was not searched for the steps.
  package let calledBy: [ConnectorCaller]?
  /// The names of the connectors for which the change records only the id.
  ///
  /// For example, a denied change records no name, because Reflog did not read the directory. The names are the newest
  /// recorded names. The dictionary has no entry for a connector without a recorded name.
  package let knownNames: [ConnectorID: String]

  /// Creates a change in its context.
  package init(
    _ change: Change,
    rolledBackBy: [Change.ID] = [],
    calledBy: [ConnectorCaller]? = nil,
    knownNames: [ConnectorID: String] = [:]
  ) {
    self.change = change
    self.rolledBackBy = rolledBackBy
    self.calledBy = calledBy
    self.knownNames = knownNames
  }

  /// The reference before the change, with the name of the connector if a name is known.
  package var before: ConnectorReference { named(change.intent.before) }

  /// The reference after the change, with the name of the connector if a name is known.
  package var after: ConnectorReference { named(change.after) }

  private func named(_ reference: ConnectorReference) -> ConnectorReference {
    guard case .connector(let id, displayName: nil) = reference else { return reference }
    return .connector(id, displayName: knownNames[id])
  }

  /// Whether an applied rollback undid the change, and no later rollback undid that rollback.
  package var isRolledBack: Bool { rolledBackBy.count % 2 == 1 }
}

extension Change {
  /// The ids of the connectors for which the change records no name.
  package var namelessConnectors: [ConnectorID] {
    [intent.before, after].compactMap { $0.displayName == nil ? $0.connectorID : nil }
  }
}
