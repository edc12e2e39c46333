import Foundation
import Hummingbird
import Logging
import NIOCore
import ReflogDirectory
import ReflogHTTP
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogStorage
import ServiceLifecycle
import UnixSignals

/// Puts a server together: the one place that sees every room of the house.
struct Composition {
  private let settings: ServerSettings
  private let logger: Logger
  private let metrics: PrometheusRegistry
  private let served: ServedDirectory
  private let storage: Storage
  private let ledger: Ledger
  private let tokens: TokenStore
  private let changes: ChangeService
  private let watchlist: Watchlist

  /// Opens the files. When this returns, this process holds the ledger and nothing is served yet.
  init(settings: ServerSettings, logger: Logger) async throws {
    self.settings = settings
    self.logger = logger
    metrics = PrometheusRegistry(counters: MetricHelp.counters)
    served = try await ServedDirectory(settings.directory, database: settings.database, metrics: metrics)
    watchlist = Watchlist(window: served.directory.settleWindow)
    do {
      let clock: WallClock = { Timestamp(Date()) }
      let (changeMetrics, watchlist) = (ChangeMetrics(factory: metrics), watchlist)
      storage = try Storage(path: settings.database, kind: .ledger)
      ledger = try Ledger(
        storage: storage,
        directory: served.directory.kind,
        tenantID: served.tenantID,
        clock: clock,
        onSettled: { change in
          changeMetrics.count(change)
          watchlist.watch(change)
        }
      )
      tokens = try TokenStore(besideLedgerAt: settings.database, clock: clock)
    } catch {
      await served.abandon()
      throw error
    }
    changes = ChangeService(
      ledger: ledger,
      directory: served.directory,
      turns: Turns(),
      logger: logger,
      metrics: metrics
    )
  }

  /// How long what is in flight may take to finish after a SIGTERM.
  private static let shutdownLimit = Duration.seconds(20)

  /// Serves until a signal asks to stop, then lets what is in flight finish and closes the files.
  func run() async throws {
    do {
      try await serve()
    } catch {
      await served.abandon()
      throw error
    }
    try await served.close()
    try storage.close()
    logger.notice("stopped")
  }

  private func serve() async throws {
    if settings.authenticationModes.contains(.token) {
      try await FirstTokens(tokens: tokens, database: settings.database).makeIfNoneExist()
    }
    var configuration = ServiceGroupConfiguration(
      services: services,
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger
    )
    configuration.maximumGracefulShutdownDuration = Self.shutdownLimit
    do {
      try await ServiceGroup(configuration: configuration).run()
    } catch let error as IOError {
      let place = "\(settings.host):\(settings.port)"
      throw CommandFailure(.refused, "\(place) can't be listened on: \(String(cString: strerror(error.errnoCode))).")
    } catch let error as SocketAddressError.UnknownHost {
      throw CommandFailure(.refused, "\(error.host) is no address to listen on.")
    }
  }

  /// They end in reverse order: the door first, the writers last.
  private var services: [ServiceGroupConfiguration.ServiceConfiguration] {
    let reconciler = Reconciler(service: changes, logger: logger)
    var services: [ServiceGroupConfiguration.ServiceConfiguration] = [.init(service: storage.writer)]
    switch served {
    case .embedded(_, let storage):
      services.append(.init(service: storage.writer))
    case .graph(let directory, let graph):
      if directory.hasOwnCredential { services.append(.init(service: sweeper(graph))) }
    }
    return services + [.init(service: reconciler), .init(service: application(reconciler))]
  }

  private func sweeper(_ graph: GraphSettings) -> Sweeper {
    Sweeper(
      service: changes,
      watchlist: watchlist,
      interval: graph.sweepInterval,
      readInterval: .seconds(60) / graph.readsPerMinute,
      logger: logger,
      metrics: metrics
    )
  }

  private func application(_ reconciler: Reconciler) -> some ApplicationProtocol {
    let api = ReflogAPI(
      changes: changes,
      history: HistoryService(history: ledger.history),
      authentication: Authentication(
        tokens: tokens,
        modes: settings.authenticationModes,
        tenantID: served.tenantID
      ),
      directory: served.directory.kind,
      metrics: metrics,
      walBytes: { [storage] in storage.walBytes },
      isReady: { reconciler.isReady },
      logger: logger
    )
    let settings = settings
    return Application(
      responder: api.buildResponder(),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.host, port: settings.port),
        serverName: "Reflog"
      ),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? settings.port
        Talk.say(
          "Reflog listens on http://\(settings.host):\(port), with the \(settings.directory.kind.rawValue) directory; "
            + "the ledger is \(settings.database)."
        )
      },
      logger: logger
    )
  }
}
