import ReflogModel

/// The hidden fields of the form that starts or continues a rollback to a time.
struct TimeRollbackForm: Sendable {
  /// The batch id.
  ///
  /// The batch id is created together with the plan, so a form that is sent twice starts only one rollback.
  let batch: String
  let asOf: String
  /// The flow to roll back, or nil for all flows.
  let flow: String?
  /// The id of the newest change when the plan was created, or nil in a form that continues a rollback.
  let newest: String?
  let reason: String

  init(_ rollback: TimeRollback, reason: String = "", newest: Change.ID? = nil) {
    batch = rollback.batchID
    asOf = rollback.asOf.description
    flow = rollback.scope.flowName
    self.newest = newest?.description
    self.reason = reason
  }
}

extension FlowScope {
  fileprivate var flowName: String? {
    if case .flow(let flowType, let flow) = self { FlowName(flowType, flow).description } else { nil }
  }
}
