package import Logging
import ReflogLedger
import ReflogModel
import ServiceLifecycle
import Synchronization

/// Settles, at start and while the service runs, what no request is working on any more.
package final class Reconciler: Service {
  private struct State {
    var hasRecovered = false
    /// When each change that could not be settled is worth another look, and how long it waited for this one.
    var postponed: [Change.ID: (until: ContinuousClock.Instant, wait: Duration)] = [:]
  }

  private let service: ChangeService
  private let rateLimiter: RateLimiter
  private let interval: Duration
  private let logger: Logger
  private let state = Mutex(State())

  /// - Parameter rateLimiter: shared with whoever else reads in the background.
  package init(service: ChangeService, rateLimiter: RateLimiter, interval: Duration = .seconds(1), logger: Logger) {
    self.service = service
    self.rateLimiter = rateLimiter
    self.interval = interval
    self.logger = logger
  }

  /// Whether everything that the last run left pending was looked at, as far as the directory can be read, and the ledger
  /// takes changes.
  package var isReady: Bool { state.withLock { $0.hasRecovered } && service.ledger.isHealthy }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        if await self.look() { self.state.withLock { $0.hasRecovered = true } }
        await self.service.ledger.probeUnlessHealthy()
        // Ends early only when it is time to stop.
        try? await Task.sleep(for: self.interval)
      }
    }
  }

  /// Enough for what a crash leaves behind at any load that the queues admit.
  private static let pageSize = 256
  /// How many changes are looked at side by side: one that the directory leaves hanging must not delay the others.
  private static let width = 16
  /// The longest wait between two looks at a change that can't be settled.
  private static let longestWait = Duration.seconds(60)

  /// Looks once at everything that is pending and worth it. Returns whether it got through; what it did not get through
  /// stays pending and its address locked, and a later look tries again.
  private func look() async -> Bool {
    var last: Change.ID?
    var isThrough = true
    do {
      while !Task.isCancelled {
        let page = try await service.ledger.history.pendingIDs(after: last, limit: Self.pageSize)
        if await !settle(page.filter(isDue)) { isThrough = false }
        guard page.count == Self.pageSize else { return isThrough }
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
      var isThrough = true
      for (index, id) in ids.enumerated() {
        if index >= Self.width, let result = await group.next() { isThrough = isThrough && result }
        group.addTask { await self.settle(id) }
      }
      for await result in group { isThrough = isThrough && result }
      return isThrough
    }
  }

  /// Returns whether nothing stood in the way of looking at the change.
  private func settle(_ id: Change.ID) async -> Bool {
    do {
      let change = try await service.change(id)
      guard change.result == .pending else { return true }
      if let wait = service.preparer.reconciliation.remainingDoubt(of: change) {
        postpone(id, for: wait)
        return true
      }
      await rateLimiter.wait(reads: 2)
      // Whoever holds the turn works on the change, or settles it before anything else.
      guard let lock = service.locks.takeWithoutWaiting(change.lockKey) else { return true }
      defer { lock.end() }
      let current = try await service.change(id)
      guard current.result == .pending else { return true }
      switch try await service.preparer.reconciliation.settle(current) {
      case .settled(let settled): log(settled)
      case .tooEarly(let wait): postpone(id, for: wait)
      case .unsteady: postponeLonger(id)
      case .unreadable(let failure):
        rateLimiter.heed(failure)
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

  /// Waits twice as long as before.
  private func postponeLonger(_ id: Change.ID) {
    state.withLock { state in
      let wait = min(max(interval, (state.postponed[id]?.wait ?? .zero) * 2), Self.longestWait)
      state.postponed[id] = (.now + wait, wait)
    }
  }
}
