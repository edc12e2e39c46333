package import ReflogModel

/// A request for a change.
package final class ChangeRequest: Sendable {
  /// What a request asks for.
  package enum Action: Sendable {
    /// Points an address at a connector, or at none.
    case setReference(Address, ConnectorReference)
    /// Sets the address of a change to the reference that it held before that change.
    case rollBack(Change.ID, permitting: RollbackRule.LaterChanges)
    /// Sets an address to the reference that it held at a time, as a part of a rollback to that time.
    case rollBackTo(TimeRollback, Address, ConnectorReference)
    /// Creates a connector with this body.
    case createConnector(JSONObject)
    /// Changes the properties of a connector that the body names.
    case updateConnector(ConnectorID, JSONObject)
    /// Deletes a connector.
    case deleteConnector(ConnectorID)
    /// Uploads a client certificate for a connector.
    ///
    /// The body is `{"pkcs12Value","password"}`.
    case uploadCertificate(ConnectorID, JSONObject)
    /// Creates a user flow.
    ///
    /// The body has no `apiConnectorConfiguration`: its content is in `references`.
    case createFlow(FlowName, body: JSONObject, references: [Step: ConnectorID])
    /// Updates a user flow, but none of its references.
    case updateFlow(FlowName, JSONObject)
    /// Deletes a user flow and its references.
    case deleteFlow(FlowName)
    /// A write that can't change a reference or a connector.
    ///
    /// It is forwarded unchanged.
    case other(DirectoryWrite.Passthrough)
  }

  package let action: Action
  package let caller: Caller
  /// Why the caller wants the change, or nil if it gave no reason.
  package let reason: String?
  /// The caller's `client-request-id`, or nil if it sent none.
  package let correlationID: String?
  /// Reflog's id of the request.
  package let requestID: String
  /// What the reference must be before the change, or nil if it may be anything.
  package let precondition: Precondition?
  /// The caller's `Idempotency-Key`, or nil if it sent none.
  ///
  /// A repeat with the same key makes no second change.
  package let idempotencyKey: IdempotencyKey?

  /// Creates a request.
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

  /// Makes the intent of a change that this request asks for.
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
  /// Whether the action is recorded as a change.
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

/// The result of a request that was carried out: its changes as recorded, and the directory's answer.
package struct ChangeReceipt: Sendable {
  package let changes: [Change]
  package let response: DirectoryResponse
}
