package import Logging
import ReflogLedger
import ReflogModel
import ServiceLifecycle
import Synchronization

/// Settles, at start and while the service runs, what no request is working on any more.
package final class Reconciler: Service {
  private let service: ChangeService
  private let interval: Duration
  private let logger: Logger
  private let hasRecovered = Mutex(false)

  package init(service: ChangeService, interval: Duration = .seconds(1), logger: Logger) {
    self.service = service
    self.interval = interval
    self.logger = logger
  }

  /// Whether everything that the last run left pending was settled, as far as the directory can be read, and the ledger
  /// takes changes.
  package var isReady: Bool { hasRecovered.withLock { $0 } && service.ledger.isHealthy }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        if await self.look() { self.hasRecovered.withLock { $0 = true } }
        await self.service.ledger.probeUnlessHealthy()
        // Ends early only when it is time to stop.
        try? await Task.sleep(for: self.interval)
      }
    }
  }

  /// Enough for what a crash leaves behind at any load that the queues admit.
  private static let pageSize = 256

  /// Looks once at everything that is pending. Returns whether it got through; what it did not get through stays pending
  /// and its address locked, and the next look tries again.
  private func look() async -> Bool {
    var last: Change.ID?
    var isThrough = true
    do {
      while !Task.isCancelled {
        let page = try await service.ledger.history.pendingIDs(after: last, limit: Self.pageSize)
        for id in page where await !settle(id) { isThrough = false }
        guard page.count == Self.pageSize else { return isThrough }
        last = page.last
      }
    } catch {
      logger.error("pending changes can't be read", metadata: ["error": "\(error)"])
    }
    return false
  }

  /// Returns whether nothing stood in the way of looking at the change.
  private func settle(_ id: Change.ID) async -> Bool {
    do {
      guard let change = try await service.change(id), change.result == .pending else { return true }
      // Whoever holds the turn works on the change, or settles it before anything else.
      guard let turn = service.turns.takeWithoutWaiting(change.turnKey) else { return true }
      defer { turn.end() }
      guard let current = try await service.change(id), current.result == .pending,
        case .settled(let settled) = try await service.reconciliation.settle(current)
      else { return true }
      logger.notice(
        "settled a pending change",
        metadata: ["id": "\(settled.id)", "result": "\(settled.result.rawValue)"]
      )
      return true
    } catch {
      logger.error("a pending change can't be settled", metadata: ["id": "\(id)", "error": "\(error)"])
      return false
    }
  }
}
