import ReflogModel

/// The fields of the form that starts or continues a rollback to a time.
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
  /// The freezes that prevent the rollback of steps, in the order in which they were placed.
  let freezes: [FreezeView]
  let hasFreezes: Bool
  /// The number of freezes that are left out, or nil if all are shown.
  let freezesLeft: String?
  /// True if freezes prevent the rollback of steps, and the viewer may override them.
  let offersOverride: Bool
  /// True if the rollback changes no step without the override.
  let needsOverride: Bool
  /// The text that the viewer has already typed as the reason for the override of the freezes.
  let override: String

  /// The maximum number of freezes on the page.
  private static let mostFreezes = 5

  /// Creates the form.
  ///
  /// - Parameters:
  ///   - rollback: the rollback that the form starts or continues.
  ///   - steps: the steps that the rollback changes.
  ///   - frozen: the freezes that cover the steps.
  ///   - reason: the reason that the viewer has already typed.
  ///   - newest: the newest change when the plan was created, or nil to continue a rollback.
  init(
    _ rollback: TimeRollback,
    of steps: [TimeRollback.Item],
    frozen: FrozenSteps,
    reason: String = "",
    newest: Change.ID? = nil
  ) {
    let stopped = steps.filter { frozen.isOnlyObstacle($0) }
    let covering = Set(stopped.compactMap { frozen.freezes[$0.address]?.id }).sorted()
    let byID = Dictionary(frozen.freezes.values.map { ($0.id, $0) }) { first, _ in first }
    freezes = covering.prefix(Self.mostFreezes).compactMap { byID[$0].map { FreezeView($0) } }
    let left = covering.count - Self.mostFreezes
    freezesLeft = left > 0 ? "… and \(left) more." : nil
    hasFreezes = !covering.isEmpty
    offersOverride = frozen.canOverride && !covering.isEmpty
    needsOverride = !steps.contains { $0.problem == nil && !frozen.isOnlyObstacle($0) }
    override = frozen.override
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
