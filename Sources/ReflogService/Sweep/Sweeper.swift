package import Logging
package import Metrics
import ReflogModel
import ServiceLifecycle

/// Looks at everything in the directory at start and from time to time, and at each changed address once its window is
/// over.
package struct Sweeper: Service {
  private let service: ChangeService
  private let watchlist: Watchlist
  private let interval: Duration
  private let inventory: Inventory
  private let logger: Logger
  private let metrics: any MetricsFactory

  /// - Parameters:
  ///   - interval: from the start of one sweep to that of the next.
  ///   - rateLimiter: shared with whoever else reads in the background.
  package init(
    service: ChangeService,
    watchlist: Watchlist,
    interval: Duration,
    rateLimiter: RateLimiter,
    logger: Logger,
    metrics: any MetricsFactory
  ) {
    self.service = service
    self.watchlist = watchlist
    self.interval = interval
    inventory = Inventory(directory: service.directory, rateLimiter: rateLimiter)
    self.logger = logger
    self.metrics = metrics
  }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        group.addTask { await sweepForEver() }
        group.addTask { await watchForEver() }
      }
    }
  }

  /// The shortest time between two attempts where the directory can't be read.
  private static let retryInterval = Duration.seconds(60)

  private func sweepForEver() async {
    while !Task.isCancelled {
      let start = ContinuousClock.now
      let succeeded = await sweep()
      let next = start + (succeeded ? interval : min(interval, Self.retryInterval))
      // Ends early only when it is time to stop.
      try? await Task.sleep(until: next, clock: .continuous)
    }
  }

  /// Looks at everything once. Returns whether that was possible.
  package func sweep() async -> Bool {
    do {
      let sweep = Sweep(service: service, inventory: inventory, watchlist: watchlist, logger: logger)
      if try await sweep.run() { return true }
    } catch {
      guard !Task.isCancelled else { return false }
      logger.warning("the directory could not be swept", metadata: ["error": "\(error)"])
    }
    Counter(label: "reflog_sweep_failures_total", factory: metrics).increment()
    return false
  }

  /// Often enough that a look is hardly later than its window.
  private static let watchInterval = Duration.seconds(1)

  private func watchForEver() async {
    while !Task.isCancelled {
      await lookAtWatched()
      try? await Task.sleep(for: Self.watchInterval)
    }
  }

  /// Looks at the addresses whose window is over.
  package func lookAtWatched() async {
    let check = ReferenceCheck(service: service, inventory: inventory)
    for address in watchlist.takeDue() where !Task.isCancelled { await look(at: address, check) }
  }

  private func look(at address: Address, _ check: ReferenceCheck) async {
    do {
      for later in try await check.verify(FlowName(of: address), steps: [address.step]) {
        watchlist.watch(later)
      }
    } catch {
      watchlist.watch(address)
      logger.info("a changed step could not be looked at", metadata: ["error": "\(error)"])
    }
  }
}
