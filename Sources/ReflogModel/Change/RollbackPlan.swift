/// The effect that a rollback of a change would have at this moment.
package struct RollbackPlan: Sendable {
  package let rollbackOf: Change.ID
  package let address: Address
  /// The current reference.
  package let before: ConnectorReference
  /// The reference that the rollback would set.
  ///
  /// It is the reference before the change that is rolled back.
  package let after: ConnectorReference
  /// The later effective changes at the address, oldest first.
  ///
  /// They block the rollback unless the caller forces it.
  package let supersededBy: [Change.ID]
  /// The newest effective change at the address, or nil if there is none.
  ///
  /// The plan takes all changes up to this change into account. A caller who confirms the plan has seen them.
  package let newest: Change.ID?
  /// Whether the current reference was set without Reflog.
  ///
  /// If so, the rollback would first record a drift, and the drift would be a later change.
  package let isDrifted: Bool
  /// Whether the connector to restore still exists.
  ///
  /// It is also true if the rollback sets no connector.
  package let connectorExists: Bool

  /// Creates a plan.
  package init(
    rollbackOf: Change.ID,
    address: Address,
    before: ConnectorReference,
    after: ConnectorReference,
    supersededBy: [Change.ID],
    newest: Change.ID?,
    isDrifted: Bool,
    connectorExists: Bool
  ) {
    self.rollbackOf = rollbackOf
    self.address = address
    self.before = before
    self.after = after
    self.supersededBy = supersededBy
    self.newest = newest
    self.isDrifted = isDrifted
    self.connectorExists = connectorExists
  }

  /// The effect of the rollback as a sentence.
  ///
  /// It contains the step, the flow, and the new and current references.
  package var summary: String {
    let effect = "\(address.step) of \(address.flow) will call \(after); it now calls \(before)"
    return isDrifted ? effect + ", which was set without Reflog" : effect
  }
}
