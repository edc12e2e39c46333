/// What rolling a change back would do now.
package struct RollbackPlan: Sendable {
  package let rollbackOf: Change.ID
  package let address: Address
  /// What stands at the address now.
  package let before: ConnectorReference
  /// What would stand there: the before of the change.
  package let after: ConnectorReference
  /// Later effective changes at the address, oldest first: they stand in the way unless forced.
  package let supersededBy: [Change.ID]
  /// The newest change that made a difference at the address, and that whoever sees the plan knows of.
  package let newest: Change.ID?
  /// Whether somebody went round Reflog since, which the rollback would record as a later change.
  package let isDrifted: Bool
  /// Whether the connector to go back to still exists; true where that is nothing.
  package let connectorExists: Bool

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

  /// The target as a sentence, never just "undo".
  package var summary: String {
    let deed = "\(address.step) of \(address.flow) will call \(after); it now calls \(before)"
    return isDrifted ? deed + ", which somebody set without Reflog" : deed
  }
}
