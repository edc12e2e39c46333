package import ReflogModel

/// Somebody asks for a change.
package final class ChangeRequest: Sendable {
  package enum Action: Sendable {
    /// Points an address at a connector or at nothing.
    case setReference(Address, ConnectorReference)
    /// Replays the reference that stood before a change.
    case rollBack(Change.ID, permitting: RollbackRule.LaterChanges)
    /// Brings an address back to what it held at a time, as a part of a rollback to that.
    case rollBackTo(TimeRollback, Address, ConnectorReference)
    case createConnector(JSONObject)
    case updateConnector(ConnectorID, JSONObject)
    case deleteConnector(ConnectorID)
    /// The body is `{"pkcs12Value","password"}`.
    case uploadCertificate(ConnectorID, JSONObject)
    /// The body comes without its `apiConnectorConfiguration`, which is in `references`.
    case createFlow(FlowName, body: JSONObject, references: [Step: ConnectorID])
    /// Touches no reference.
    case updateFlow(FlowName, JSONObject)
    case deleteFlow(FlowName)
    /// What can't touch a connector, handed on as it came.
    case other(DirectoryWrite.Passthrough)
  }

  package let action: Action
  package let caller: Caller
  package let reason: String?
  /// The caller's `client-request-id`.
  package let correlationID: String?
  /// Reflog's own id for the request.
  package let requestID: String
  /// For a reference: what must stand before.
  package let precondition: Precondition?
  /// What the caller named the request, so that a repeat of it is not a second change.
  package let idempotencyKey: IdempotencyKey?

  package init(
    action: Action,
    caller: Caller,
    reason: String?,
    correlationID: String?,
    requestID: String,
    precondition: Precondition? = nil,
    idempotencyKey: IdempotencyKey? = nil
  ) {
    self.action = action
    self.caller = caller
    self.reason = reason
    self.correlationID = correlationID
    self.requestID = requestID
    self.precondition = precondition
    self.idempotencyKey = idempotencyKey
  }

  /// A change that this request intends.
  func intent(
    _ subject: Change.Subject,
    kind: Change.Kind = .update,
    before: ConnectorReference,
    after: ConnectorReference,
    changedProperties: [Change.ChangedProperty]? = nil,
    rollbackOf: Change.ID? = nil,
    within rollback: TimeRollback? = nil
  ) -> Change.Intent {
    Change.Intent(
      subject: subject,
      kind: kind,
      before: before,
      after: after,
      changedProperties: changedProperties,
      actor: caller.actor,
      reason: reason,
      correlationID: correlationID,
      requestID: requestID,
      rollbackOf: rollbackOf,
      rollbackTo: rollback?.asOf,
      batchID: rollback?.batchID
    )
  }
}

extension ChangeRequest.Action {
  /// Whether it leaves a change on record if it is done.
  package var isRecorded: Bool {
    switch self {
    case .setReference, .rollBack, .rollBackTo, .createConnector, .updateConnector, .deleteConnector,
      .uploadCertificate,
      .deleteFlow:
      true
    case .createFlow(_, _, let references): !references.isEmpty
    case .updateFlow, .other: false
    }
  }
}

/// A request that was done: its changes as they were recorded, and what the directory answered.
package struct ChangeReceipt: Sendable {
  package let changes: [Change]
  package let response: DirectoryResponse
}
