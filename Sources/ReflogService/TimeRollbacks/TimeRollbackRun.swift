import ReflogModel
import ServiceLifecycle

/// One pass over the addresses of a rollback to a time.
struct TimeRollbackRun: Sendable {
  /// Addresses worked on at once: enough to hide the directory's latency, few enough to leave room for others.
  private static let width = 4
  /// How often an address is tried that the directory has no time for.
  private static let attempts = 4
  /// So many addresses in a row that can't be brought back for the moment mean that the directory is down.
  private static let patience = 8

  let changes: ChangeService
  let request: TimeRollbackRequest
  let isStopping: @Sendable () -> Bool

  init(changes: ChangeService, request: TimeRollbackRequest, isStopping: @escaping @Sendable () -> Bool) {
    self.changes = changes
    self.request = request
    self.isStopping = isStopping
  }

  /// Brings addresses back, until all are, it is time to stop, or the directory seems to be down.
  ///
  /// - Parameter report: hears of each address what went wrong there, or nothing.
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

  /// Returns whether the directory could be worked with.
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
      guard let pause = problem.pauseBeforeRetry else { return !problem.saysDirectoryIsDown }
      guard attempt < Self.attempts, !isStopping() else { return false }
      // Ends early only when it is time to stop.
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
  /// How long to wait before it is worth trying again; nothing where that is not.
  fileprivate var pauseBeforeRetry: Duration? {
    switch self {
    case .refused(_, let refusal) where refusal.httpStatus == 429:
      refusal.retryAfter.flatMap { Int($0) }.map { .seconds(min(max($0, 1), 60)) } ?? .seconds(2)
    case .busy, .directoryUnavailable, .notSent, .ledgerUnavailable: .milliseconds(500)
    default: nil
    }
  }

  /// Whether what happened at one address will happen at the next.
  fileprivate var saysDirectoryIsDown: Bool {
    if case .outcomeUnknown = self { true } else { false }
  }
}
