/// What a rollback of a change would do at this moment.
package struct RollbackPlan: Sendable {
  package let rollbackOf: Change.ID
  package let address: Address
  /// The current reference.
  package let before: ConnectorReference
  /// The reference that the rollback would set: the before of the change.
  package let after: ConnectorReference
  /// Later effective changes at the address, oldest first. They block the rollback unless it is forced.
  package let supersededBy: [Change.ID]
  /// The newest effective change at the address, or nil if there is none.
  ///
  /// A reader of the plan knows the changes up to this one.
  package let newest: Change.ID?
  /// Whether the current reference was set without Reflog. The rollback would first record that as a later change.
  package let isDrifted: Bool
  /// Whether the connector to restore still exists; true if the rollback sets no connector.
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

  /// The effect of the rollback as a sentence that names the step, the flow and both references.
  package var summary: String {
    let effect = "\(address.step) of \(address.flow) will call \(after); it now calls \(before)"
    return isDrifted ? effect + ", which was set without Reflog" : effect
  }
}
