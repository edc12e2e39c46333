package import Hummingbird
package import Logging
package import ReflogModel
package import ReflogService
import ReflogWeb

/// Reflog over HTTP: the Graph API, the history API, the pages, and the routes that need no credential.
package struct ReflogAPI: Sendable {
  let changes: ChangeService
  let history: HistoryService
  let rollbacks: TimeRollbacks
  let retention: Retention
  let log: LogPublisher
  let manifests: ExportManifests
  let backups: Backups
  let events: EventRecorder
  let authentication: Authentication
  let sessions: Sessions
  let entraSignIn: EntraSignIn?
  let tokens: TokenService
  let directory: DirectoryKind
  let proxies: ProxySettings
  let metrics: PrometheusRegistry
  let ledgerFigures: @Sendable () -> LedgerFigures
  let isReady: @Sendable () -> Bool
  let warnings: @Sendable () -> [String]
  let webhooks: @Sendable () -> [WebhookStatus]
  let logger: Logger
  private let admission = Admission()

  /// Creates the API from the services that it calls.
  ///
  /// If `entraSignIn` is nil, people can sign in on the pages with API tokens only. `proxies` contains the proxies in
  /// front of this server and the public URL of this server. `ledgerFigures` returns the ledger's counters for
  /// `/metrics`. `isReady` returns whether the server accepts changes, for `/readyz` and `/metrics`.
  /// `warnings` returns messages to the administrator about this server's settings and files, for the status.
  /// `webhooks` returns the state of each receiver of webhooks, for the status and `/metrics`.
  package init(
    changes: ChangeService,
    history: HistoryService,
    rollbacks: TimeRollbacks,
    retention: Retention,
    log: LogPublisher,
    manifests: ExportManifests,
    backups: Backups,
    events: EventRecorder,
    authentication: Authentication,
    sessions: Sessions,
    entraSignIn: EntraSignIn? = nil,
    tokens: TokenService,
    directory: DirectoryKind,
    proxies: ProxySettings = .direct,
    metrics: PrometheusRegistry,
    ledgerFigures: @escaping @Sendable () -> LedgerFigures,
    isReady: @escaping @Sendable () -> Bool,
    warnings: @escaping @Sendable () -> [String] = { [] },
    webhooks: @escaping @Sendable () -> [WebhookStatus] = { [] },
    logger: Logger
  ) {
    self.changes = changes
    self.history = history
    self.rollbacks = rollbacks
    self.retention = retention
    self.log = log
    self.manifests = manifests
    self.backups = backups
    self.events = events
    self.authentication = authentication
    self.sessions = sessions
    self.entraSignIn = entraSignIn
    self.tokens = tokens
    self.directory = directory
    self.proxies = proxies
    self.metrics = metrics
    self.ledgerFigures = ledgerFigures
    self.isReady = isReady
    self.warnings = warnings
    self.webhooks = webhooks
    self.logger = logger
  }

  /// Returns the responder for every request.
  ///
  /// The responder makes the path of a request canonical, and then routes the request.
  package func buildResponder() -> some HTTPResponder<ReflogRequestContext> {
    RootResponder(
      routes: RouteTable(of: buildRouter()),
      proxies: proxies,
      pace: admission.pace,
      logger: logger,
      metrics: metrics
    )
  }

  func buildRouter() -> RequestRouter {
    let router = RequestRouter()
    router.add(
      middleware: ErrorMiddleware(
        failures: failures,
        pace: admission.pace,
        authentication: authentication,
        logger: logger
      )
    )
    addPages(to: router)
    let open = router.group().add(middleware: OpenRouteMiddleware(admission: admission))
    HealthController(isReady: isReady).addRoutes(to: open)
    OpenAPIController().addRoutes(to: open)
    LogController(history: history).addRoutes(
      to: open.group().add(
        middleware: IdentifiedReadMiddleware(sessions: sessions, authentication: authentication, events: events)
      )
    )
    router.add(middleware: NotFoundPageMiddleware(pages: pages))
    // Every route that is added after this line needs an authenticated caller. An unknown path needs an authenticated
    // caller too.
    router.add(middleware: AuthenticationMiddleware(authentication: authentication))
    router.add(middleware: AdmissionMiddleware(admission: admission))
    MetricsController(
      registry: metrics,
      history: history,
      changes: changes,
      tokens: acceptedTokens,
      ledgerFigures: ledgerFigures,
      isReady: isReady,
      webhooks: webhooks
    )
    .addRoutes(to: router.group().add(middleware: PermissionMiddleware(operation: .readStatus, events: events)))
    addGraphSurface(to: router)
    addHistorySurface(to: router)
    return router
  }

  private func addPages(to router: RequestRouter) {
    AssetController().addRoutes(to: router.group().add(middleware: OpenRouteMiddleware(admission: admission)))
    addSignIn(to: router)
    let group = router.group()
      .add(middleware: pages)
      .add(middleware: AdmissionMiddleware(admission: admission))
      .add(middleware: PermissionMiddleware(operation: .read, events: events))
      .add(middleware: ReadCountingMiddleware(events: events))
    TimelineController(history: history, directory: directory).addRoutes(to: group)
    TimeZoneController(errors: pages.errors).addRoutes(to: group)
    ExportController(exports: exports, directory: directory).addRoutes(to: group)
    EvidencePageController(packs: packs, directory: directory).addRoutes(to: group)
    FlowsController(changes: changes, history: history, rollbacks: rollbacks, directory: directory)
      .addRoutes(to: group)
    FlowPageController(changes: changes, history: history, directory: directory).addRoutes(to: group)
    ConnectorsController(changes: changes, history: history, directory: directory).addRoutes(to: group)
    ConnectorPageController(changes: changes, history: history, directory: directory).addRoutes(to: group)
    ActorController(history: history, directory: directory).addRoutes(to: group)
    SearchController(changes: changes, history: history).addRoutes(to: group)
    FreezesController(changes: changes, directory: directory).addRoutes(to: group)
    IntegrityController(history: history, log: log, directory: directory).addRoutes(to: group)
    let pages = ChangePagesController(changes: changes, history: history, events: events, directory: directory)
    pages.addRoutes(to: group)
    RestorationController(changes: changes, history: history, events: events, pages: pages).addRoutes(to: group)
  }

  /// Adds the routes to sign in with an API token and through Entra.
  ///
  /// The number of concurrent sign-ins is limited for each network, so one network can't block the sign-ins from other
  /// networks.
  private func addSignIn(to router: RequestRouter) {
    func group() -> RouterGroup<ReflogRequestContext> {
      router.group().add(middleware: SignInMiddleware(admission: admission, errors: pages.errors))
    }
    let (hasEntra, hasTokens) = (entraSignIn != nil, authentication.takesAPITokens)
    let page: @Sendable (String, String?) -> SignInPage = { target, problem in
      SignInPage(target: target, hasEntra: hasEntra, hasTokens: hasTokens, problem: problem)
    }
    SignInController(
      sessions: sessions,
      authentication: authentication,
      failures: failures,
      signInPage: page,
      directory: directory
    ).addRoutes(to: group())
    guard let entraSignIn else { return }
    EntraSignInController(
      entra: entraSignIn,
      sessions: sessions,
      authentication: authentication,
      failures: failures,
      signInPage: page,
      directory: directory,
      logger: logger
    ).addRoutes(to: group())
  }

  private var pages: PageMiddleware {
    PageMiddleware(
      sessions: sessions,
      authentication: authentication,
      admission: admission,
      errors: ErrorPage(directory: directory, logger: logger),
      keyReplacement: { [log] in log.unconfirmedReplacement }
    )
  }

  /// The service for API tokens, or nil if the server does not accept API tokens.
  private var acceptedTokens: TokenService? { authentication.takesAPITokens ? tokens : nil }

  private var failures: FailedAuthentications { FailedAuthentications(events: events, metrics: metrics) }

  private var exports: ChangeExports {
    ChangeExports(history: history, manifests: manifests, events: events, admission: admission)
  }

  private var packs: EvidencePacks {
    EvidencePacks(history: history, log: log, events: events, admission: admission)
  }

  private func addGraphSurface(to router: RequestRouter) {
    let group = router.group("/:version")
      .add(middleware: PermissionMiddleware(operation: .readDirectory, events: events))
      .add(middleware: IdempotencyMiddleware())
    ReferenceController(changes: changes).addRoutes(to: group)
    FlowController(changes: changes).addRoutes(to: group)
    ConnectorController(changes: changes).addRoutes(to: group)
    PassthroughController(changes: changes).addRoutes(to: group)
  }

  private func addHistorySurface(to router: RequestRouter) {
    func versioned(for operation: Policy.Operation) -> RouterGroup<ReflogRequestContext> {
      router.group("/:version")
        .add(middleware: PermissionMiddleware(operation: operation, events: events))
        .add(middleware: ReadCountingMiddleware(events: events))
        .add(middleware: IdempotencyMiddleware())
    }
    StatusController(history: history, tokens: acceptedTokens, warnings: warnings, webhooks: webhooks)
      .addRoutes(to: versioned(for: .readStatus))
    let group = versioned(for: .read)
    ChangeController(changes: changes, history: history, exports: exports, events: events).addRoutes(to: group)
    ManifestController(manifests: manifests).addRoutes(to: group)
    EvidenceController(packs: packs).addRoutes(to: group)
    ConfigurationController(history: history, rollbacks: rollbacks, events: events).addRoutes(to: group)
    EventController(history: history, events: events, admission: admission).addRoutes(to: group)
    FreezeController(changes: changes).addRoutes(to: group)
    addAdministration(to: group)
  }

  private func addAdministration(to group: RouterGroup<ReflogRequestContext>) {
    TokenController(tokens: tokens).addRoutes(to: group)
    RetentionController(retention: retention, events: events).addRoutes(to: group)
    HoldController(retention: retention).addRoutes(to: group)
    ErasureController(retention: retention, tokens: tokens, events: events).addRoutes(to: group)
    KeyController(log: log).addRoutes(to: group)
    BackupController(backups: backups).addRoutes(to: group)
  }
}
