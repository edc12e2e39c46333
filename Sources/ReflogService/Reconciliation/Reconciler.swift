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
  private let hasLooked = Mutex(false)

  package init(service: ChangeService, interval: Duration = .seconds(1), logger: Logger) {
    self.service = service
    self.interval = interval
    self.logger = logger
  }

  /// Whether everything that the last run left pending was looked at.
  package var isReady: Bool { hasLooked.withLock { $0 } }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        await self.look()
        self.hasLooked.withLock { $0 = true }
        // Ends early only when it is time to stop.
        try? await Task.sleep(for: self.interval)
      }
    }
  }

  /// Enough for what a crash leaves behind at any load that the queues admit.
  private static let pageSize = 256

  /// Looks once at everything that is pending.
  private func look() async {
    var last: Change.ID?
    do {
      while !Task.isCancelled {
        let page = try await service.ledger.history.pendingChanges(after: last, limit: Self.pageSize)
        for change in page { try await settle(change) }
        guard page.count == Self.pageSize else { return }
        last = page.last?.id
      }
    } catch is CancellationError {
      return
    } catch {
      // The next look tries again; until then the changes stay pending and their addresses locked.
      logger.error("pending changes can't be settled", metadata: ["error": "\(error)"])
    }
  }

  private func settle(_ change: Change) async throws {
    // Whoever holds the turn works on the change, or settles it before anything else.
    guard let turn = service.turns.takeWithoutWaiting(change.turnKey) else { return }
    defer { turn.end() }
    guard let current = try await service.change(change.id), current.result == .pending else { return }
    guard let settled = try await service.reconciliation.settle(current) else { return }
    logger.notice(
      "settled a pending change",
      metadata: ["id": "\(settled.id)", "result": "\(settled.result.rawValue)"]
    )
  }
}
