import ReflogModel
import ServiceLifecycle

/// One pass over the addresses of a rollback to a time.
struct TimeRollbackRun: Sendable {
  /// The maximum number of addresses that are rolled back at the same time.
  ///
  /// The rollback is faster if several addresses are rolled back at the same time. The number is small, because the
  /// directory needs free capacity for other requests.
  private static let width = 4
  /// The maximum number of attempts at one address, if the errors may be temporary.
  private static let attempts = 4
  /// The pass ends after this number of failures in a row, because the directory then seems to be down.
  private static let failureLimit = 8

  let changes: ChangeService
  let request: TimeRollbackRequest
  let events: EventRecorder?
  let isStopping: @Sendable () -> Bool

  /// Rolls back addresses until all addresses are done, the service stops, or the directory seems to be down.
  ///
  /// - Parameters:
  ///   - steps: The addresses, with the references to restore.
  ///   - report: Called after each attempt. The arguments are the address and the error message. The message is nil
  ///     after a success.
  func work(on steps: [TimeRollback.Item], report: @escaping @Sendable (Address, String?) -> Void) async {
    await withTaskGroup(of: Bool.self) { group in
      var waiting = steps[...]
      var failuresInARow = 0
      for step in waiting.prefix(Self.width) { group.addTask { await bringBack(step, report: report) } }
      waiting = waiting.dropFirst(Self.width)
      for await isReachable in group {
        failuresInARow = isReachable ? 0 : failuresInARow + 1
        guard failuresInARow < Self.failureLimit, !isStopping(), let step = waiting.popFirst() else { continue }
        group.addTask { await bringBack(step, report: report) }
      }
    }
  }

  /// Rolls back one address, and returns whether the directory answered.
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
      events?.countDenial(problem, of: request.caller)
      guard let pause = problem.pauseBeforeRetry else { return !problem.meansDirectoryIsDown }
      guard attempt < Self.attempts, !isStopping() else { return false }
      // The sleep ends early, with an error, only if the service stops. Then the loop ends too.
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
      requestID: request.requestID,
      override: request.override
    )
  }
}

extension ServiceError {
  /// The wait before the next attempt, or nil if another attempt would fail with the same error.
  fileprivate var pauseBeforeRetry: Duration? {
    switch self {
    case .refused(_, let refusal) where refusal.httpStatus == 429:
      refusal.retryAfter.flatMap { Int($0) }.map { .seconds(min(max($0, 1), 60)) } ?? .seconds(2)
    case .busy, .directoryUnavailable, .notSent, .ledgerUnavailable: .milliseconds(500)
    default: nil
    }
  }

  /// Whether the error shows that the directory is probably down. Then the next address would probably have the same
  /// error.
  fileprivate var meansDirectoryIsDown: Bool {
    if case .outcomeUnknown = self { true } else { false }
  }
}
