import ReflogModel
import ServiceLifecycle

/// One pass over the addresses of a rollback to a time.
struct TimeRollbackRun: Sendable {
  /// The number of addresses that are set at the same time: enough to hide the directory's latency, and few enough to
  /// leave room for other requests.
  private static let width = 4
  /// How often an address is tried while the directory is too busy.
  private static let attempts = 4
  /// After so many failures in a row the directory counts as down, and the pass ends.
  private static let patience = 8

  let changes: ChangeService
  let request: TimeRollbackRequest
  let isStopping: @Sendable () -> Bool

  init(changes: ChangeService, request: TimeRollbackRequest, isStopping: @escaping @Sendable () -> Bool) {
    self.changes = changes
    self.request = request
    self.isStopping = isStopping
  }

  /// Sets addresses back until all are done, the service stops, or the directory seems to be down.
  ///
  /// - Parameter report: called with each address, and its error or nil.
  func work(on steps: [TimeRollback.Item], report: @escaping @Sendable (Address, String?) -> Void) async {
    await withTaskGroup(of: Bool.self) { group in
      var waiting = steps[...]
      var failuresInARow = 0
      for step in waiting.prefix(Self.width) { group.addTask { await bringBack(step, report: report) } }
      waiting = waiting.dropFirst(Self.width)
      for await isReachable in group {
        failuresInARow = isReachable ? 0 : failuresInARow + 1
        guard failuresInARow < Self.patience, !isStopping(), let step = waiting.popFirst() else { continue }
        group.addTask { await bringBack(step, report: report) }
      }
    }
  }

  /// Sets one address back, and returns whether the directory answered.
  private func bringBack(
    _ step: TimeRollback.Item,
    report: @Sendable (Address, String?) -> Void
  ) async -> Bool {
    for attempt in 1...Self.attempts where !isStopping() {
      let problem: ServiceError
      do {
        _ = try await changes.perform(part(step))
        report(step.address, nil)
        return true
      } catch {
        problem = error
      }
      report(step.address, problem.description)
      guard let pause = problem.pauseBeforeRetry else { return !problem.meansDirectoryIsDown }
      guard attempt < Self.attempts, !isStopping() else { return false }
      // Ends early only when the service stops.
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause * attempt) }
    }
    return false
  }

  private func part(_ step: TimeRollback.Item) -> ChangeRequest {
    ChangeRequest(
      action: .rollBackTo(request.rollback, step.address, step.after),
      caller: request.caller,
      reason: request.reason,
      correlationID: request.correlationID,
      requestID: request.requestID
    )
  }
}

extension ServiceError {
  /// How long to wait before another try, or nil if another try can't help.
  fileprivate var pauseBeforeRetry: Duration? {
    switch self {
    case .refused(_, let refusal) where refusal.httpStatus == 429:
      refusal.retryAfter.flatMap { Int($0) }.map { .seconds(min(max($0, 1), 60)) } ?? .seconds(2)
    case .busy, .directoryUnavailable, .notSent, .ledgerUnavailable: .milliseconds(500)
    default: nil
    }
  }

  /// Whether the same error is likely at the next address.
  fileprivate var meansDirectoryIsDown: Bool {
    if case .outcomeUnknown = self { true } else { false }
  }
}
