package import ReflogModel

/// A request to start or to continue a rollback to a time.
package struct TimeRollbackRequest: Sendable {
  package private(set) var rollback: TimeRollback
  package let caller: Caller
  /// The reason for the rollback, or nil if the caller gave no reason.
  package let reason: String?
  /// The caller's `client-request-id`, or nil if the caller sent no `client-request-id`.
  package let correlationID: String?
  /// The id that Reflog chose for the request.
  package let requestID: String
  /// The reason why the caller overrides freezes.
  ///
  /// If the value is nil, frozen addresses are not rolled back.
  package let override: String?

  /// Creates a request.
  package init(
    rollback: TimeRollback,
    caller: Caller,
    reason: String?,
    correlationID: String?,
    requestID: String,
    override: String? = nil
  ) {
    self.rollback = rollback
    self.caller = caller
    self.reason = reason
    self.correlationID = correlationID
    self.requestID = requestID
    self.override = override
  }

  /// Returns a copy of this request with the rollback that the ledger stores.
  func remembered(as rollback: TimeRollback) -> TimeRollbackRequest {
    var request = self
    request.rollback = rollback
    return request
  }
}
