import ReflogLedger
package import ReflogModel

/// A request for a change.
package final class ChangeRequest: Sendable {
  /// The maximum number of steps that one request can change.
  ///
  /// Microsoft Graph documents three steps. The limit is higher, so that Microsoft can add steps. At the same time, the
  /// limit keeps the work for one request small.
  package static let maximumSteps = 16

  /// The action that a caller requests.
  package enum Action: Sendable {
    /// Sets the reference at an address to a connector, or disables the step if the reference is `none`.
    case setReference(Address, ConnectorReference)
    /// Rolls back a change: sets the address of the change to the reference that the address held before the change.
    case rollBack(Change.ID, permitting: RollbackRule.LaterChanges)
    /// Sets an address to the reference that the address held at a time, as a part of a rollback to that time.
    case rollBackTo(TimeRollback, Address, ConnectorReference)
    /// Creates a connector with this body.
    case createConnector(JSONObject)
    /// Updates a connector; the body contains the properties to change.
    ///
    /// If `restoring` is not nil, the update restores the values before an edit. Such an update is refused while later
    /// changes block the restoration. A later edit that was made without Reflog is recorded first, so it can block the
    /// restoration too.
    case updateConnector(ConnectorID, JSONObject, restoring: Restored? = nil)
    /// Deletes a connector.
    case deleteConnector(ConnectorID)
    /// Uploads a client certificate for a connector.
    ///
    /// The body has the members `pkcs12Value` and `password`.
    case uploadCertificate(ConnectorID, JSONObject)
    /// Creates a user flow.
    ///
    /// The body has no `apiConnectorConfiguration`. The content of that property is in `references`.
    case createFlow(FlowName, body: JSONObject, references: [Step: ConnectorID])
    /// Updates properties of a user flow, but not its references.
    case updateFlow(FlowName, JSONObject)
    /// Deletes a user flow and its references.
    case deleteFlow(FlowName)
    /// Forwards a write unchanged.
    ///
    /// The write can't change a reference or a connector.
    case other(DirectoryWrite.Passthrough)
  }

  /// The edit whose earlier values an update restores.
  package struct Restored: Sendable {
    /// The id of the edit.
    let edit: Change.ID
    /// The later edits whose values the update is allowed to replace.
    let later: RollbackRule.LaterChanges
  }

  package let action: Action
  package let caller: Caller
  /// The reason for the change, or nil if the caller sent no reason.
  package let reason: String?
  /// The caller's `client-request-id`, or nil if the caller sent no `client-request-id`.
  package let correlationID: String?
  /// The id that Reflog chose for the request.
  package let requestID: String
  /// The condition that the reference must meet before the change, or nil if there is no condition.
  package let precondition: Precondition?
  /// The caller's `Idempotency-Key`, or nil if the caller sent no `Idempotency-Key`.
  ///
  /// If the caller repeats the request with the same key, the change is not made a second time.
  package let idempotencyKey: IdempotencyKey?
  /// The reason why the caller overrides freezes.
  ///
  /// If the value is nil, a freeze can refuse the request.
  package let override: String?

  /// Creates a request.
  package init(
    action: Action,
    caller: Caller,
    reason: String?,
    correlationID: String?,
    requestID: String,
    precondition: Precondition? = nil,
    idempotencyKey: IdempotencyKey? = nil,
    override: String? = nil
  ) {
    self.action = action
    self.caller = caller
    self.reason = reason
    self.correlationID = correlationID
    self.requestID = requestID
    self.precondition = precondition
    self.idempotencyKey = idempotencyKey
    self.override = override
  }

  /// Returns the intent of a change, with the details of this request.
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
      reason: reason ?? action.ownReason,
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

  /// The reason that is recorded if the caller sent no reason, or nil if the action itself gives no reason.
  ///
  /// The rule for reasons does not accept this reason in place of the caller's reason.
  var ownReason: String? {
    restoredEdit.map { "Restores the values before change \($0)" }
  }

  /// The id of the edit whose earlier values the action restores, or nil if the action is not a restoration.
  var restoredEdit: Change.ID? {
    if case .updateConnector(_, _, let restored?) = self { restored.edit } else { nil }
  }

  /// The parts of the directory that the action changes, for the comparison with freezes.
  ///
  /// The list is empty for the rollback of a change. Before the preparation, it is unknown which step the rollback
  /// changes, and whether the request repeats an earlier request. A repeated request gets the answer to the first
  /// request, even if the step is frozen now. So the step is compared with the freezes only by the transaction that
  /// records the rollback.
  var parts: [ChangedPart] {
    switch self {
    case .setReference(let address, _), .rollBackTo(_, let address, _): [.subject(.step(address))]
    case .createConnector: [.subject(.connector)]
    case .updateConnector(let id, _, _), .uploadCertificate(let id, _), .deleteConnector(let id):
      [.subject(.connector), .callers(of: id)]
    case .createFlow(let flow, _, let references): references.keys.map { .subject(.step(flow.address(of: $0))) }
    case .deleteFlow(let flow): [.flow(flow)]
    case .rollBack, .updateFlow, .other: []
    }
  }
}

extension ChangeRequest {
  /// The caller's override of freezes for the group of this request, or nil if the caller does not override a freeze.
  var groupOverride: Group.Override? { override.map { Group.Override(because: $0, by: caller.actor) } }
}

/// The result of a request that was carried out: the recorded changes, and the directory's answer.
package struct ChangeReceipt: Sendable {
  package let changes: [Change]
  package let response: DirectoryResponse
}
