package import Logging
import ReflogLedger
package import ReflogModel
import ServiceLifecycle
import Synchronization

/// Rolls back each address in a scope to the reference that the address held at a given time.
///
/// The work runs in the background, so no request has to wait until a rollback is complete.
package final class TimeRollbacks: Service {
  /// The maximum number of rollbacks that wait for an earlier rollback.
  private static let waiting = 16

  private let changes: ChangeService
  private let events: EventRecorder?
  private let logger: Logger
  private let state = Mutex(State())
  private let requests: AsyncStream<TimeRollbackRequest>
  private let queue: AsyncStream<TimeRollbackRequest>.Continuation

  private struct State {
    /// The rollbacks in progress.
    ///
    /// The key is the batch id. The value contains the error message of each failed address.
    var running: [String: [Address: String]] = [:]
    /// The rollbacks that have ended.
    ///
    /// The key is the batch id. The value contains the error message of each failed address.
    var ended: [String: [Address: String]] = [:]
    var isStopping = false
  }

  /// Creates a service that makes changes through the given change service.
  ///
  /// - Parameters:
  ///   - changes: Makes the changes.
  ///   - events: Counts the refused steps that are not recorded as changes. If the value is nil, these steps are not
  ///     counted.
  ///   - logger: Receives a line when a rollback ends.
  package init(changes: ChangeService, events: EventRecorder? = nil, logger: Logger) {
    self.changes = changes
    self.events = events
    self.logger = logger
    (requests, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(Self.waiting))
  }

  /// Returns the plan of a rollback: the result that the rollback would have now.
  ///
  /// If a step can't be rolled back, the plan contains the problem at that step. This method only reads.
  ///
  /// - Parameters:
  ///   - rollback: The rollback to plan.
  ///   - caller: The requester, who must be permitted to read.
  ///   - overridesFreezes: Whether the rollback overrides freezes. If not, frozen steps can't be rolled back.
  /// - Throws: `flowNotFound` if the ledger has no record of the rollback's flow.
  package func plan(
    _ rollback: TimeRollback,
    for caller: Caller,
    overridesFreezes: Bool = false
  ) async throws(ServiceError) -> TimeRollbackPlan {
    try Policy.require(caller, .read)
    var steps = try await steps(of: rollback)
    for index in steps.indices where steps[index].after != .unknown && !overridesFreezes {
      guard let freeze = changes.freeze(covering: steps[index].address) else { continue }
      steps[index].problem = ServiceError.frozen([], CoveringFreeze(freeze)).description
    }
    let edited = try await editedSteps(of: rollback)
    guard changes.directory.hasOwnCredential else {
      return TimeRollbackPlan(rollback: rollback, steps: steps, unasked: nil, edited: edited)
    }
    var isMissing: [ConnectorID: Bool] = [:]
    var unasked: String?
    for index in steps.indices {
      guard let id = steps[index].after.connectorID else { continue }
      // After one failed read, the remaining connectors are not read, because the directory may be down.
      if isMissing[id] == nil, unasked == nil {
        do { isMissing[id] = try await changes.missingConnector(of: steps[index].after, for: caller) != nil } catch {
          unasked = error.description
        }
      }
      if isMissing[id] == true { steps[index].problem = ServiceError.connectorMissing(id).description }
    }
    return TimeRollbackPlan(rollback: rollback, steps: steps, unasked: unasked, edited: edited)
  }

  /// Returns the steps whose connector was edited after the target time, sorted by flow and step.
  ///
  /// The connector is the connector that the step called at the target time.
  private func editedSteps(of rollback: TimeRollback) async throws(ServiceError) -> [EditedStep] {
    let history = HistoryService(history: changes.ledger.history)
    let flows: [FlowName]? =
      switch rollback.scope {
      case .everything: nil
      case .flow(let flowType, let flow): [FlowName(flowType, flow)]
      }
    let then = try await history.configurations(asOf: rollback.asOf, of: flows)
    let now = try await history.configurations(asOf: .distantFuture, of: flows)
    let current = Dictionary(now.map { ($0.address, $0.reference) }) { first, _ in first }
    let edits = try await history.edits(of: Set(then.compactMap(\.reference.connectorID)), since: rollback.asOf)
    return then.compactMap { configuration in
      guard let edits = configuration.reference.connectorID.flatMap({ edits[$0] }) else { return nil }
      return EditedStep(
        address: configuration.address,
        isSameReference: current[configuration.address] == configuration.reference,
        edits: edits
      )
    }
  }

  /// Starts or continues a rollback.
  ///
  /// When this method returns, the request is durable. Call ``progress(of:for:)`` to read the rollback's progress.
  ///
  /// - Throws: `flowNotFound` if the ledger has no record of the rollback's flow, `otherTimeRollback` if the batch id
  ///   belongs to a rollback with another time or scope, or `busy` if too many rollbacks wait.
  package func start(_ request: TimeRollbackRequest) async throws(ServiceError) {
    try Policy.require(request.caller, .change)
    if request.override != nil { try Policy.require(request.caller, .freeze) }
    _ = try await steps(of: request.rollback)
    _ = try changes.preparer(for: request.caller)
    try changes.check(reason: request.reason)
    let remembered = try await recording(await changes.ledger.remember(request.rollback))
    let known = remembered.rollback
    guard known.asOf == request.rollback.asOf, known.scope == request.rollback.scope else {
      throw .otherTimeRollback(known)
    }
    // If the rollback is already finished, a repeated request has no effect.
    guard !remembered.isFinished else { return }
    let isNew = state.withLock { state in
      guard state.running[known.batchID] == nil else { return false }
      state.running[known.batchID] = [:]
      state.ended[known.batchID] = nil
      return true
    }
    guard isNew else {
      // The running rollback uses the override of the request that started it, so a later request can't change the
      // override.
      guard request.override == nil else {
        throw .busy("This rollback is already running, so its override can't be changed. Wait until it ends.")
      }
      return
    }
    guard case .enqueued = queue.yield(request.remembered(as: known)) else {
      state.withLock { $0.running[known.batchID] = nil }
      throw .busy("Too many rollbacks to a time are waiting.")
    }
  }

  /// Returns the rollback with this batch id, or nil if no rollback has this batch id.
  package func known(_ batchID: String) async throws(ServiceError) -> TimeRollback? {
    try await reading(await changes.ledger.history.timeRollback(batchID)?.rollback)
  }

  /// Returns the progress of a rollback, or nil if there is no rollback with this batch id.
  package func progress(of batchID: String, for caller: Caller) async throws(ServiceError) -> TimeRollbackProgress? {
    try Policy.require(caller, .read)
    let (problems, isRunning) = state.withLock { state in
      (state.running[batchID] ?? state.ended[batchID] ?? [:], state.running[batchID] != nil)
    }
    let found = try await reading(await changes.ledger.history.timeRollback(batchID))
    guard let (rollback, isFinished) = found else { return nil }
    let made = try await reading(await changes.ledger.history.changes(of: rollback))
    let left = try await steps(of: rollback)
    let undone = Self.undone(left, made)
    // The reconciler may have settled the last change of the rollback. Then the rollback is done, although the ledger
    // has no record of its end yet.
    let isDone = isFinished || (undone.isEmpty && !made.contains { $0.result == .pending })
    // A step is always shown if its reference at the target time is unknown. Other steps are shown only until the
    // rollback is done. After that, the reference of such a step differs from the target only because a later change
    // has set it.
    let shown = isDone ? left.filter { $0.after == .unknown } : undone + left.filter { $0.after == .unknown }
    return TimeRollbackProgress(
      rollback: rollback,
      state: isRunning ? .running : isDone ? .done : .partial,
      steps: Self.merge(made, shown, problems)
    )
  }

  /// Returns the steps that this rollback has not set yet.
  ///
  /// A step is left out if this rollback has set its reference, even if a later change has set another reference.
  private static func undone(_ steps: [TimeRollback.Item], _ made: [Change]) -> [TimeRollback.Item] {
    let brought = Set(made.filter { $0.result == .applied }.compactMap(\.intent.subject.address))
    return steps.filter { $0.after != .unknown && !brought.contains($0.address) }
  }

  private static func merge(
    _ made: [Change],
    _ left: [TimeRollback.Item],
    _ problems: [Address: String]
  ) -> [TimeRollback.Item] {
    var steps: [Address: TimeRollback.Item] = [:]
    for step in left { steps[step.address] = step }
    for change in made {
      guard let address = change.intent.subject.address else { continue }
      // A denied change does not contain the reference from before the rollback, because the directory was not read.
      let earlier = steps[address]?.change.flatMap { $0.result == .denied ? nil : $0.intent.before }
      let before = earlier ?? (change.result == .denied ? steps[address]?.before : nil) ?? change.intent.before
      let pending = steps[address]?.pending
      steps[address] = TimeRollback.Item(address: address, before: before, after: change.after, change: change)
      steps[address]?.pending = pending
    }
    for (address, problem) in problems { steps[address]?.problem = problem }
    return steps.values.sorted { $0.address < $1.address }
  }

  private func steps(of rollback: TimeRollback) async throws(ServiceError) -> [TimeRollback.Item] {
    let now = try await reading(await changes.ledger.history.configurations(asOf: .distantFuture))
    let then = try await reading(await changes.ledger.history.configurations(asOf: rollback.asOf))
    if case .flow(let flowType, let flow) = rollback.scope,
      !now.contains(where: { rollback.scope.contains($0.address) })
    {
      throw .flowNotFound(FlowName(flowType, flow).description)
    }
    var steps = rollback.steps(then: then, now: now)
    let uncertain = Set(now.filter { !$0.isCertain }.map(\.address))
    for index in steps.indices where uncertain.contains(steps[index].address) {
      steps[index].pending = try await changes.preparer.reader.state(of: steps[index].address).pending?.id
    }
    return steps
  }

  /// Runs the requested rollbacks, one after another, until the service stops.
  ///
  /// When the service stops, the addresses in progress are finished, but the remaining addresses are not started. To
  /// continue with the remaining addresses, request the rollback again with the same batch id.
  package func run() async throws {
    await withGracefulShutdownHandler {
      for await request in requests where !self.state.withLock({ $0.isStopping }) { await work(on: request) }
    } onGracefulShutdown: {
      self.state.withLock { $0.isStopping = true }
      self.queue.finish()
    }
  }

  private func work(on request: TimeRollbackRequest) async {
    let id = request.rollback.batchID
    do {
      let steps = try await undoneSteps(of: request.rollback)
      let run = TimeRollbackRun(changes: changes, request: request, events: events) {
        Task.isEnding || self.state.withLock { $0.isStopping }
      }
      await run.work(on: steps) { address, problem in
        self.state.withLock { $0.running[id]?[address] = problem }
      }
      let left = try await undoneSteps(of: request.rollback)
      if left.isEmpty { try await changes.ledger.rememberFinished(request.rollback) }
      logger.notice(
        "a rollback to a time ended",
        metadata: ["batchId": "\(id)", "done": "\(steps.count - left.count)", "left": "\(left.count)"]
      )
    } catch {
      // The error is only logged, because no request waits for this rollback. The state of the rollback is `partial`,
      // and the caller can continue the rollback with the same batch id.
      logger.error("a rollback to a time ended early", metadata: ["batchId": "\(id)", "error": "\(error)"])
    }
    state.withLock { state in
      let problems = state.running.removeValue(forKey: id)
      if state.ended.count >= Self.waiting { state.ended = [:] }
      state.ended[id] = problems
    }
  }

  private func undoneSteps(of rollback: TimeRollback) async throws(ServiceError) -> [TimeRollback.Item] {
    let made = try await reading(await changes.ledger.history.changes(of: rollback))
    return Self.undone(try await steps(of: rollback), made)
  }
}
