package import Logging
import ReflogLedger
import ReflogModel
import ServiceLifecycle
import Synchronization

/// Settles pending changes at the start of the service and while the service runs.
///
/// A change is skipped while a request works on the change.
package final class Reconciler: Service {
  private struct State {
    var hasRecovered = false
    /// The changes that could not be settled.
    ///
    /// `until` is the time of the next check, and `wait` is the wait until that check.
    var postponed: [Change.ID: (until: ContinuousClock.Instant, wait: Duration)] = [:]
  }

  private let service: ChangeService
  private let rateLimiter: RateLimiter
  private let logger: Logger
  private let state = Mutex(State())

  /// Creates a reconciler.
  ///
  /// - Parameters:
  ///   - service: The service whose pending changes are settled.
  ///   - rateLimiter: The rate limiter, which all background reads share.
  ///   - logger: Receives each settled change, and the errors of a pass.
  package init(service: ChangeService, rateLimiter: RateLimiter, logger: Logger) {
    self.service = service
    self.rateLimiter = rateLimiter
    self.logger = logger
  }

  /// Whether the service is ready: the ledger accepts changes, and one pass after the start had no errors.
  ///
  /// That pass checked every change that was pending when the server started.
  package var isReady: Bool { state.withLock { $0.hasRecovered } && service.ledger.isHealthy }

  /// Settles pending changes until the service stops.
  package func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        if await self.settleAll() { self.state.withLock { $0.hasRecovered = true } }
        await self.service.ledger.probeUnlessHealthy()
        // The sleep ends early, with an error, only if the service stops. Then the loop ends too.
        try? await Task.sleep(for: Self.interval)
      }
    }
  }

  /// The pause between two passes, and the first wait of a change that can't be settled.
  private static let interval = Duration.seconds(1)
  /// The maximum number of changes that one read of the ledger returns.
  private static let pageSize = 256
  /// The number of changes that are checked at the same time, so that one slow read does not delay all other changes.
  private static let width = 16
  /// The maximum wait between two checks of a change that can't be settled.
  private static let longestWait = Duration.seconds(60)

  /// Checks each pending change that is due, and returns true if no check failed.
  ///
  /// If a check failed, the change is still pending, and requests for its address are still refused. A later pass
  /// checks the change again.
  private func settleAll() async -> Bool {
    var last: Change.ID?
    var isComplete = true
    do {
      while !Task.isCancelled {
        let page = try await service.ledger.history.pendingIDs(after: last, limit: Self.pageSize)
        if await !settle(page.filter(isDue)) { isComplete = false }
        guard page.count == Self.pageSize else { return isComplete }
        last = page.last
      }
    } catch {
      if !Task.isEnding { logger.error("pending changes can't be read", metadata: ["error": "\(error)"]) }
    }
    return false
  }

  private func isDue(_ id: Change.ID) -> Bool {
    state.withLock { ($0.postponed[id]?.until ?? .now) <= .now }
  }

  private func settle(_ ids: [Change.ID]) async -> Bool {
    await withTaskGroup(of: Bool.self) { group in
      var isComplete = true
      for (index, id) in ids.enumerated() {
        if index >= Self.width, let result = await group.next() { isComplete = isComplete && result }
        group.addTask { await self.settle(id) }
      }
      for await result in group { isComplete = isComplete && result }
      return isComplete
    }
  }

  /// Checks one change, and returns true if the check had no error.
  private func settle(_ id: Change.ID) async -> Bool {
    do {
      let change = try await service.change(id)
      guard change.result == .pending else { return true }
      if let wait = service.preparer.reconciliation.remainingDoubt(of: change) {
        postpone(id, for: wait)
        return true
      }
      await rateLimiter.wait(reads: 2)
      // If a request holds the lock, the change is skipped, because that request works on the change or settles the
      // change.
      guard let lock = service.locks.takeWithoutWaiting(change.lockKey) else { return true }
      defer { lock.end() }
      let current = try await service.change(id)
      guard current.result == .pending else { return true }
      switch try await service.preparer.reconciliation.settle(current) {
      case .settled(let settled): log(settled)
      case .tooEarly(let wait): postpone(id, for: wait)
      case .unsteady: postponeLonger(id)
      case .unreadable(let failure):
        rateLimiter.slowDown(after: failure)
        postponeLonger(id)
      }
      return true
    } catch {
      logger.error("a pending change can't be settled", metadata: ["id": "\(id)", "error": "\(error)"])
      return false
    }
  }

  private func log(_ settled: Change) {
    state.withLock { $0.postponed[settled.id] = nil }
    logger.notice(
      "settled a pending change",
      metadata: ["id": "\(settled.id)", "result": "\(settled.result.rawValue)"]
    )
  }

  private func postpone(_ id: Change.ID, for wait: Duration) {
    state.withLock { $0.postponed[id] = (.now + wait, .zero) }
  }

  /// Doubles the wait until the next check of a change, up to the maximum wait.
  private func postponeLonger(_ id: Change.ID) {
    state.withLock { state in
      let wait = min(max(Self.interval, (state.postponed[id]?.wait ?? .zero) * 2), Self.longestWait)
      state.postponed[id] = (.now + wait, wait)
    }
  }
}
