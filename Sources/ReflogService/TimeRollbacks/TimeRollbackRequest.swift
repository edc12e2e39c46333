package import ReflogModel

/// Somebody asks to bring back what stood at a time, or to go on with that.
package struct TimeRollbackRequest: Sendable {
  package let rollback: TimeRollback
  package let caller: Caller
  package let reason: String?
  /// The caller's `client-request-id`.
  package let correlationID: String?
  /// Reflog's own id for the request.
  package let requestID: String

  package init(
    rollback: TimeRollback,
    caller: Caller,
    reason: String?,
    correlationID: String?,
    requestID: String
  ) {
    self.rollback = rollback
    self.caller = caller
    self.reason = reason
    self.correlationID = correlationID
    self.requestID = requestID
  }

  /// The same of the rollback as the ledger remembers it.
  func remembered(as rollback: TimeRollback) -> TimeRollbackRequest {
    TimeRollbackRequest(
      rollback: rollback,
      caller: caller,
      reason: reason,
      correlationID: correlationID,
      requestID: requestID
    )
  }
}
