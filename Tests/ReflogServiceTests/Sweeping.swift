import Logging
import Metrics
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogTesting

/// A service with a scripted directory, and a sweeper of that directory.
struct Sweeping {
  let fixture: ServiceFixture
  let sweeper: Sweeper
  let watchlist: Watchlist

  var directory: ScriptedDirectory { fixture.directory }

  /// Returns all changes, oldest first, without the baselines of connectors.
  func changes() async throws -> [Change] {
    try await fixture.history.changes(ChangeQuery(isAscending: true))
      .filter { $0.intent.kind != .baseline || $0.intent.subject != .connector }
  }

  /// Returns the parts of the directory that the last sweep could not read.
  func unread() async throws -> [UnreadPart] { try await fixture.history.status().unread }

  /// Calls `body` with a sweeper of a new service.
  static func with(
    clock: ManualClock = ManualClock(),
    settleWindow: Duration = .zero,
    flowTypes: [FlowType] = FlowType.allCases,
    _ body: (Sweeping) async throws -> Void
  ) async throws {
    try await withService(clock: clock, settleWindow: settleWindow, longestWrite: .seconds(40)) { fixture in
      var logger = Logger(label: "test")
      logger.logLevel = .critical
      let watchlist = Watchlist(window: .zero)
      let sweeper = Sweeper(
        service: fixture.service,
        watchlist: watchlist,
        interval: .seconds(900),
        flowTypes: flowTypes,
        rateLimiter: RateLimiter(interval: .zero),
        logger: logger,
        metrics: NOOPMetricsHandler.instance
      )
      try await body(Sweeping(fixture: fixture, sweeper: sweeper, watchlist: watchlist))
    }
  }
}
