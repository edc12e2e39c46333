/// The effect that a rollback of a change would have at this moment.
package struct RollbackPlan: Sendable {
  package let rollbackOf: Change.ID
  package let address: Address
  /// The current reference.
  package let before: ConnectorReference
  /// The reference that the rollback would set.
  ///
  /// The value is the reference before the change that is rolled back.
  package let after: ConnectorReference
  /// The effective changes at the address that are later than the change to roll back, oldest first.
  ///
  /// These changes block the rollback, except if the caller forces the rollback.
  package let supersededBy: [Change.ID]
  /// The newest effective change at the address, or nil if there is no effective change.
  ///
  /// The plan shows all changes up to this change. So a caller who confirms the plan has seen these changes.
  package let newest: Change.ID?
  /// Whether the current reference was set without Reflog.
  ///
  /// If the value is true, a request for the rollback would first record a drift. The drift would be a later change, so
  /// the drift could block the rollback.
  package let isDrifted: Bool
  /// Whether the connector to restore still exists.
  ///
  /// The value is also true if the rollback sets no connector.
  package let connectorExists: Bool
  /// The edits of the connector that the step would call after the rollback.
  ///
  /// The value is nil if the connector was not edited.
  ///
  /// These edits are later than the change to roll back. The rollback restores only the reference, and does not undo
  /// the edits.
  package let edits: ConnectorEdits?
  /// The edits of the connector that the step calls now, if they are newer than the change that set the reference.
  ///
  /// The value is nil if the connector was not edited since. Such an edit can be the cause of a problem that a rollback
  /// of the step does not solve.
  package let currentEdits: ConnectorEdits?

  /// Creates a plan.
  package init(
    rollbackOf: Change.ID,
    address: Address,
    before: ConnectorReference,
    after: ConnectorReference,
    supersededBy: [Change.ID],
    newest: Change.ID?,
    isDrifted: Bool,
    connectorExists: Bool,
    edits: ConnectorEdits? = nil,
    currentEdits: ConnectorEdits? = nil
  ) {
    self.rollbackOf = rollbackOf
    self.address = address
    self.before = before
    self.after = after
    self.supersededBy = supersededBy
    self.newest = newest
    self.isDrifted = isDrifted
    self.connectorExists = connectorExists
    self.edits = edits
    self.currentEdits = currentEdits
  }

  /// The effect of the rollback as a sentence for the caller.
  ///
  /// The sentence contains the step, the flow, the new reference and the current reference.
  package var summary: String {
    let effect = "\(address.step) of \(address.flow) will call \(after); it now calls \(before)"
    let drift = isDrifted ? ", which was set without Reflog" : ""
    return effect + drift + (edits.map { "; \($0.name) \($0.predicate)" } ?? "")
  }

  /// A sentence about the edits in ``currentEdits``, without a full stop.
  ///
  /// The value is nil if there are no such edits.
  package var note: String? {
    currentEdits.map { edits in
      "\(address.step) of \(address.flow) has called the same connector since the step was set, but \(edits.name) "
        + edits.predicate
    }
  }
}
