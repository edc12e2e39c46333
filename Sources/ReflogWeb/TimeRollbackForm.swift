import ReflogModel

/// What is sent to begin a rollback to a time, or to go on with one.
struct TimeRollbackForm: Sendable {
  /// Names the rollback from its plan on, so that to ask twice is to ask once.
  let batch: String
  let asOf: String
  /// The flow that is brought back; nothing where all are.
  let flow: String?
  /// The newest change that whoever sees the plan knows of.
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
