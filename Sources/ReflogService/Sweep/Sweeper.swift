package import Logging
package import Metrics
package import ReflogModel
import ServiceLifecycle

/// Runs sweeps of the directory, and checks changed addresses.
///
/// A sweep runs at the start and then at a fixed interval. In addition, each changed address is checked at the end of
/// the settle window after the change.
package struct Sweeper: Service {
  private let service: ChangeService
  private let watchlist: Watchlist
  private let interval: Duration
  private let flowTypes: [FlowType]
  private let inventory: Inventory
  private let logger: Logger
  private let metrics: any MetricsFactory

  /// Creates a sweeper.
  ///
  /// - Parameters:
  ///   - service: The service whose directory is read. Differences are recorded in the ledger of this service.
  ///   - watchlist: The changed addresses, which are checked when their settle window has ended.
  ///   - interval: The time from the start of one sweep to the start of the next sweep.
  ///   - flowTypes: The types of user flows that the directory has. A flow of another type is checked only if the flow
  ///     is in the ledger.
  ///   - rateLimiter: The rate limiter, which all background reads share.
  ///   - logger: Receives the result of each sweep, and the checks that failed.
  ///   - metrics: Receives the number of failed sweeps.
  package init(
    service: ChangeService,
    watchlist: Watchlist,
    interval: Duration,
    flowTypes: [FlowType] = FlowType.allCases,
    rateLimiter: RateLimiter,
    logger: Logger,
    metrics: any MetricsFactory
  ) {
    self.service = service
    self.watchlist = watchlist
    self.interval = interval
    self.flowTypes = flowTypes
    inventory = Inventory(directory: service.directory, rateLimiter: rateLimiter)
    self.logger = logger
    self.metrics = metrics
  }

  /// Runs sweeps, and checks changed addresses, until the service stops.
  package func run() async throws {
    await cancelWhenGracefulShutdown {
      await withDiscardingTaskGroup { group in
        group.addTask { await sweepRepeatedly() }
        group.addTask { await checkRepeatedly() }
      }
    }
  }

  /// The time until the next sweep if the directory can't be read.
  private static let retryInterval = Duration.seconds(60)

  private func sweepRepeatedly() async {
    while !Task.isCancelled {
      let start = ContinuousClock.now
      let succeeded = await sweep()
      let next = start + (succeeded ? interval : min(interval, Self.retryInterval))
      // The sleep ends early, with an error, only if the service stops. Then the loop ends too.
      try? await Task.sleep(until: next, clock: .continuous)
    }
  }

  /// Runs one sweep, and returns true if every check succeeded.
  package func sweep() async -> Bool {
    do {
      let sweep = Sweep(
        service: service,
        inventory: inventory,
        watchlist: watchlist,
        flowTypes: flowTypes,
        logger: logger
      )
      if try await sweep.run() { return true }
    } catch {
      guard !Task.isCancelled else { return false }
      logger.warning("the sweep failed", metadata: ["error": "\(error)"])
    }
    Counter(label: "reflog_sweep_failures_total", factory: metrics).increment()
    return false
  }

  /// The interval at which the watchlist is read.
  ///
  /// The interval is short, so each address is checked soon after its settle window has ended.
  private static let watchInterval = Duration.seconds(1)

  private func checkRepeatedly() async {
    while !Task.isCancelled {
      await checkWatched()
      try? await Task.sleep(for: Self.watchInterval)
    }
  }

  /// Checks the addresses whose settle window has ended.
  package func checkWatched() async {
    let check = ReferenceCheck(service: service, inventory: inventory)
    for address in watchlist.takeDue() where !Task.isCancelled { await verify(address, check) }
  }

  private func verify(_ address: Address, _ check: ReferenceCheck) async {
    do {
      for later in try await check.verify(FlowName(of: address), steps: [address.step]) {
        watchlist.watch(later)
      }
    } catch {
      watchlist.watch(address)
      logger.info("a changed step could not be checked", metadata: ["error": "\(error)"])
    }
  }
}
