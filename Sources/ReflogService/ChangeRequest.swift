package import ReflogModel

/// Somebody asks for a change.
package struct ChangeRequest: Sendable {
  package enum Action: Sendable {
    /// Points an address at a connector or at nothing.
    case setReference(Address, ConnectorReference)
    /// Replays the reference that stood before a change.
    case rollBack(Change.ID, undoing: LaterChanges)
    /// Brings an address back to what it held at a time, as a part of a rollback to that.
    case rollBackTo(TimeRollback, Address, ConnectorReference)
    case createConnector(JSONObject)
    case updateConnector(ConnectorID, JSONObject)
    case deleteConnector(ConnectorID)
    /// The body is `{"pkcs12Value","password"}`.
    case uploadCertificate(ConnectorID, JSONObject)
    /// The body comes without its `apiConnectorConfiguration`, which is in `references`.
    case createFlow(FlowType, FlowID, body: JSONObject, references: [Step: ConnectorID])
    /// Touches no reference.
    case updateFlow(FlowType, FlowID, JSONObject)
    case deleteFlow(FlowType, FlowID)
    /// What can't touch a connector, handed on as it came.
    case other(DirectoryWrite.PassedOn)
  }

  /// Which changes of the same address that came later a rollback may undo too.
  package enum LaterChanges: Sendable {
    case none
    /// Those up to the newest that somebody saw.
    case upTo(Change.ID)
    case all
    /// Those, and what was set without Reflog: where the request itself finds what somebody saw standing there.
    indirect case found(ConnectorReference, and: LaterChanges)

    /// - Parameter newest: the newest of all that there are; nothing where there is none.
    func contain(newest: Change.ID?) -> Bool {
      switch self {
      case .none: newest == nil
      case .upTo(let id): newest.map { $0 <= id } ?? true
      case .all: true
      case .found(_, let others): others.contain(newest: newest)
      }
    }

    /// Whether a change is the drift that this lets pass.
    ///
    /// - Parameter requestID: the request that may have found it.
    func letPass(_ change: Change, foundBy requestID: String) -> Bool {
      guard case .found(let standing, _) = self else { return false }
      return change.intent.kind == .drift && change.intent.requestID == requestID && change.after == standing
    }
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
    case .createFlow(_, _, _, let references): !references.isEmpty
    case .updateFlow, .other: false
    }
  }
}

/// A request that was done: its changes as they were recorded, and what the directory answered.
package struct ChangeReceipt: Sendable {
  package let changes: [Change]
  package let response: DirectoryResponse
}
