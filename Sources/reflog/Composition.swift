import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ReflogDirectory
import ReflogHTTP
import ReflogLedger
import ReflogModel
import ReflogService
import ReflogStorage
import ReflogWebhooks
import ServiceLifecycle
import UnixSignals

/// A server with its files, services and routes.
///
/// Only this type connects these parts.
struct Composition {
  private let settings: ServerSettings
  private let logger: Logger
  private let metrics: PrometheusRegistry
  private let served: ServedDirectory
  private let reporter: ChangeReporter
  private let threads: WriterThreads
  private let database: OpenedDatabase
  private let ledger: Ledger
  private let tokens: TokenStore
  private let tokenService: TokenService
  private let changes: ChangeService
  private let watchlist: Watchlist
  private let events: EventRecorder
  private let log: LogPublisher
  private let retention: Retention
  private let backups: Backups
  /// The deliveries to the receivers of webhooks, or nil if there are no receivers.
  private let webhooks: Webhooks?
  /// The service that writes the index of reasons, or nil if there is no index.
  private let indexer: ReasonIndexer?
  private let tls: TLS?
  private let documents: EntraDocuments

  /// Opens the files of the server.
  ///
  /// When the method returns, this process holds the ledger's lock, and the server does not accept requests yet.
  static func open(settings: ServerSettings, logger: Logger) async throws -> Composition {
    let tls = try settings.listener.tls.map { try TLS($0, logger: logger) }
    // All checks must pass before the server creates or changes a file.
    try await StartCheck.run(settings)
    let metrics = PrometheusRegistry(counters: MetricHelp.counters)
    let threads = WriterThreads(for: settings)
    let served = try await ServedDirectory(
      settings.directory,
      files: settings.location.files,
      acceptsMissingLog: settings.acceptsOlderLedger,
      thread: threads.directory,
      metrics: metrics
    )
    let documents = EntraDocuments()
    let watchlist = Watchlist(window: served.directory.settleWindow)
    // Other programs can change Microsoft Graph, so Reflog verifies each applied change with a later read. Only Reflog
    // changes the embedded directory, so the changes of the embedded directory need no later read.
    let isVerified = served.directory.kind == .graph
    var opened: OpenedDatabase?
    do {
      let clock: WallClock = { Timestamp(Date()) }
      let reporter = ChangeReporter(factory: metrics, logger: logger)
      let database = try OpenedDatabase.open(settings.location, settings, clock: clock)
      opened = database
      if let problem = database.indexProblem {
        logger.warning(
          "the index of reasons could not be opened, so searches for reasons are slower",
          metadata: ["error": "\(problem)"]
        )
      }
      let ledger = try Ledger(
        store: database.store,
        reasonIndex: database.reasonIndex,
        thread: threads.ledger,
        directory: served.directory.kind,
        tenantID: served.tenantID,
        settleWindow: served.directory.settleWindow,
        clock: clock,
        acceptsClock: settings.acceptsClock,
        origin: settings.origin?.text,
        onSettled: { change in
          reporter.report(change)
          if isVerified { watchlist.watch(change) }
        },
        onFrozenDrift: { reporter.report($0, despite: $1, isCertain: $2) }
      )
      let log = try await OpenedLog.open(ledger, settings)
      if case .embedded(let directory, _) = served { try await ledger.remember(allReferences: directory.references()) }
      let started = ServiceEvent.Content(.start, details: settings.shown)
      let events = EventRecorder(
        ledger: ledger,
        started: [started] + (settings.acceptsClock ? [ServiceEvent.Content(.clockAccepted)] : []),
        logger: logger
      )
      return Composition(
        settings: settings,
        logger: logger,
        metrics: metrics,
        served: served,
        reporter: reporter,
        threads: threads,
        database: database,
        ledger: ledger,
        tokens: database.tokens,
        tokenService: TokenService(store: database.tokens, events: events),
        changes: ChangeService(
          ledger: ledger,
          directory: served.directory,
          locks: KeyedLock(),
          reads: settings.directory.graph.map { ReadBudget(readsPerMinute: $0.callerReadsPerMinute) },
          reasonRule: settings.reasonRule,
          metrics: metrics
        ),
        watchlist: watchlist,
        events: events,
        log: LogPublisher(
          ledger: ledger,
          keyFile: log.keyFile,
          anchor: log.anchor,
          keyReplacement: try await ledger.history.unconfirmedKeyReplacement(),
          logger: logger
        ),
        retention: Retention(ledger: ledger, logger: logger),
        backups: Backups(ledger: ledger, events: events),
        webhooks: try await Self.webhooks(settings, ledger, clock: clock, logger: logger, metrics: metrics),
        indexer: database.reasonIndex.map { _ in ReasonIndexer(ledger: ledger, logger: logger) },
        tls: tls,
        documents: documents
      )
    } catch {
      await served.abandon()
      Self.closeUnused(served, opened)
      // An error of `shutdown` is ignored, so that the caller reports the error of the start.
      try? await documents.shutdown()
      throw error
    }
  }

  /// Returns the deliveries to the receivers of webhooks, or nil if there are no receivers.
  private static func webhooks(
    _ settings: ServerSettings,
    _ ledger: Ledger,
    clock: @escaping WallClock,
    logger: Logger,
    metrics: PrometheusRegistry
  ) async throws -> Webhooks? {
    guard !settings.webhooks.isEmpty else { return nil }
    return try await Webhooks.open(
      settings.webhooks,
      history: HistoryService(history: ledger.questions),
      cursorsAt: settings.location.files.webhooks,
      publicURL: settings.listener.publicURL.map { $0 + settings.listener.basePath },
      newest: { [ledger] in ledger.newestSequence },
      clock: clock,
      logger: logger,
      metrics: metrics
    )
  }

  /// Closes the files after a start that failed, so that no write-ahead log remains.
  ///
  /// An error in this method is ignored, because the caller reports the error of the start.
  private static func closeUnused(_ served: ServedDirectory, _ ledger: OpenedDatabase?) {
    if case .embedded(_, let storage) = served { try? storage.close() }
    try? ledger?.close()
  }

  /// The maximum time for running requests to finish after a SIGTERM.
  private static let shutdownLimit = Duration.seconds(20)

  /// Serves requests until SIGTERM or SIGINT.
  ///
  /// Then running requests finish, and the files are closed.
  func run() async throws {
    do {
      try await serve()
    } catch {
      await served.abandon()
      // An error that is not a `CommandFailure` can be a failed commit. After a failed commit, the files must not be
      // written again. Closing the files would write to them, so they are not closed here. The next start finds out
      // which commits are in the files.
      if error is CommandFailure { Self.closeUnused(served, database) }
      // An error of `shutdown` is ignored, so that the caller reports the error that ended the server.
      try? await documents.shutdown()
      throw error
    }
    try await served.close()
    try await documents.shutdown()
    try database.close()
    logger.notice("stopped")
  }

  private func serve() async throws {
    if settings.authenticationModes.contains(.token) {
      try await FirstTokens(tokens: tokens, files: settings.location.files).makeIfNoneExist()
    }
    var configuration = ServiceGroupConfiguration(
      services: try services(),
      gracefulShutdownSignals: [.sigterm, .sigint],
      logger: logger
    )
    configuration.maximumGracefulShutdownDuration = Self.shutdownLimit
    do {
      try await ServiceGroup(configuration: configuration).run()
    } catch let error as IOError {
      let listener = "\(settings.listener.host):\(settings.listener.port)"
      let reason = String(cString: strerror(error.errnoCode))
      throw CommandFailure(.refused, "Reflog can't listen on \(listener): \(reason).")
    } catch let error as SocketAddressError.UnknownHost {
      throw CommandFailure(.refused, "\(error.host) is not an address to listen on.")
    }
  }

  /// Returns the services in the order in which they start.
  ///
  /// The services stop in reverse order. The web server stops first, and the writer thread is one of the last to stop.
  private func services() throws -> [ServiceGroupConfiguration.ServiceConfiguration] {
    let rateLimiter = RateLimiter(interval: settings.directory.graph.map { .seconds(60) / $0.readsPerMinute } ?? .zero)
    let reconciler = Reconciler(service: changes, rateLimiter: rateLimiter, logger: logger)
    let rollbacks = TimeRollbacks(changes: changes, events: events, logger: logger)
    var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
      .init(service: reporter)
    ]
    services += threads.all.map { .init(service: $0) }
    services.append(.init(service: log))
    // The event recorder also records the stop of the server, so it must stop after the services that record other
    // events. Services stop in reverse order, so the event recorder must start before those services.
    services.append(.init(service: events))
    services.append(.init(service: TokenWatch(tokens: tokenService, clock: { Timestamp(Date()) }, logger: logger)))
    if case .graph(let directory, let graph) = served, directory.hasOwnCredential {
      services.append(.init(service: sweeper(graph, rateLimiter)))
    }
    if let tls { services.append(.init(service: tls.reloader)) }
    if let webhooks { services.append(.init(service: webhooks)) }
    if let indexer { services.append(.init(service: indexer)) }
    services.append(.init(service: Reload(settings: settings, tls: tls, logger: logger)))
    return services + [
      .init(service: reconciler), .init(service: rollbacks), .init(service: retention),
      .init(service: try application(reconciler, rollbacks)),
    ]
  }

  private func sweeper(_ graph: GraphSettings, _ rateLimiter: RateLimiter) -> Sweeper {
    Sweeper(
      service: changes,
      watchlist: watchlist,
      interval: graph.sweepInterval,
      flowTypes: graph.flowTypes,
      rateLimiter: rateLimiter,
      logger: logger,
      metrics: metrics
    )
  }

  /// The service that checks tokens from Entra, or nil if the server accepts no tokens from Entra.
  private var entraTokens: EntraTokens? {
    guard let entra = settings.entra else { return nil }
    let clock: WallClock = { Timestamp(Date()) }
    let keys = EntraKeys(settings: entra, clock: clock, fetch: documents.fetch, logger: logger)
    return EntraTokens(settings: entra, keys: keys, clock: clock)
  }

  private func authentication(_ entraTokens: EntraTokens?) -> Authentication {
    let modes = settings.authenticationModes
    return Authentication(
      tokens: modes.contains(.token) ? tokenService : nil,
      entra: entraTokens,
      passThroughTenantID: modes.contains(.passthrough) ? served.tenantID : nil,
      logger: logger
    )
  }

  private func entraSignIn(_ entraTokens: EntraTokens?) -> EntraSignIn? {
    guard let entra = settings.entra, let entraTokens, let signIn = settings.entraSignIn else { return nil }
    return EntraSignIn(
      signIn,
      at: entra,
      tokens: entraTokens,
      clock: { Timestamp(Date()) },
      fetch: documents.fetch,
      post: documents.post
    )
  }

  private func application(
    _ reconciler: Reconciler,
    _ rollbacks: TimeRollbacks
  ) throws -> some ApplicationProtocol {
    // The check of bearer tokens and the sign-in share one cache of the issuer's keys.
    let entraTokens = entraTokens
    let api = ReflogAPI(
      changes: changes,
      history: HistoryService(history: ledger.questions),
      rollbacks: rollbacks,
      retention: retention,
      log: log,
      manifests: ExportManifests { [log] in try log.sign($0) },
      backups: backups,
      events: events,
      authentication: authentication(entraTokens),
      sessions: Sessions(clock: { Timestamp(Date()) }),
      entraSignIn: entraSignIn(entraTokens),
      tokens: tokenService,
      directory: served.directory.kind,
      proxies: ProxySettings(
        publicURL: settings.listener.publicURL,
        basePath: settings.listener.basePath,
        trusted: settings.listener.trustedProxies,
        scheme: settings.listener.scheme
      ),
      metrics: metrics,
      ledgerFigures: { [ledger] in ledger.figures },
      isReady: { reconciler.isReady },
      warnings: { [settings, reporter, webhooks, indexer] in
        settings.warnings + (reporter.newestFrozenDrift.map { [$0.warning] } ?? []) + (webhooks?.warnings ?? [])
          + (indexer?.warnings ?? [])
      },
      webhooks: { [webhooks] in webhooks?.statuses ?? [] },
      logger: logger
    )
    let (settings, logger) = (settings, logger)
    return Application(
      responder: api.buildResponder(),
      server: try HTTPServerBuilder.reflog(tls, trustedProxies: settings.listener.trustedProxies),
      configuration: ApplicationConfiguration(
        address: .hostname(settings.listener.host, port: settings.listener.port),
        serverName: "Reflog",
        availableConnectionsDelegate: MaximumAvailableConnections(RequestLimits.connections)
      ),
      onServerRunning: { channel in
        let port = channel.localAddress?.port ?? settings.listener.port
        for warning in settings.warnings { logger.warning("\(warning)") }
        Terminal.say(
          "Reflog listens on \(settings.listener.scheme)://\(settings.listener.host):\(port)\(settings.listener.basePath), "
            + "with the \(settings.directory.kind.rawValue) directory; the ledger is \(settings.location.name)."
        )
      },
      logger: logger
    )
  }
}
