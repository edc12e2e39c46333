package import Hummingbird
package import Logging
package import ReflogModel
package import ReflogService

/// Reflog over HTTP: the Graph surface, the history surface, and the doors that need no key.
package struct ReflogAPI: Sendable {
  let changes: ChangeService
  let history: HistoryService
  let authentication: Authentication
  let directory: DirectoryKind
  let metrics: PrometheusRegistry
  let walBytes: @Sendable () -> Int64
  let isReady: @Sendable () -> Bool
  let logger: Logger

  package init(
    changes: ChangeService,
    history: HistoryService,
    authentication: Authentication,
    directory: DirectoryKind,
    metrics: PrometheusRegistry,
    walBytes: @escaping @Sendable () -> Int64,
    isReady: @escaping @Sendable () -> Bool,
    logger: Logger
  ) {
    self.changes = changes
    self.history = history
    self.authentication = authentication
    self.directory = directory
    self.metrics = metrics
    self.walBytes = walBytes
    self.isReady = isReady
    self.logger = logger
  }

  /// Answers every request: the path is made canonical, then routed.
  package func buildResponder() -> some HTTPResponder<ReflogRequestContext> {
    FrontDoor(inner: buildRouter().buildResponder(), logger: logger, metrics: metrics)
  }

  func buildRouter() -> Router<ReflogRequestContext> {
    let router = Router(
      context: ReflogRequestContext.self,
      options: [.caseInsensitive, .autoGenerateHeadEndpoints]
    )
    router.add(middleware: ErrorMiddleware(logger: logger))
    HomeController(directory: directory).addRoutes(to: router)
    HealthController(isReady: isReady).addRoutes(to: router)
    // From here on, and wherever no route leads, only proven callers.
    router.add(middleware: AuthenticationMiddleware(authentication: authentication, metrics: metrics))
    MetricsController(registry: metrics, history: history, walBytes: walBytes, isReady: isReady).addRoutes(to: router)
    addGraphSurface(to: router)
    addHistorySurface(to: router)
    return router
  }

  private func addGraphSurface(to router: Router<ReflogRequestContext>) {
    let group = router.group("/:version")
      .add(middleware: VersionMiddleware())
      .add(middleware: PermissionMiddleware(operation: .readDirectory))
      .add(middleware: IdempotencyMiddleware())
    ReferenceController(changes: changes).addRoutes(to: group)
    FlowController(changes: changes).addRoutes(to: group)
    ConnectorController(changes: changes).addRoutes(to: group)
    PassingController(changes: changes).addRoutes(to: group)
  }

  private func addHistorySurface(to router: Router<ReflogRequestContext>) {
    let group = router.group("/:version")
      .add(middleware: VersionMiddleware())
      .add(middleware: PermissionMiddleware(operation: .read))
      .add(middleware: IdempotencyMiddleware())
    ChangeController(changes: changes, history: history).addRoutes(to: group)
    ConfigurationController(history: history).addRoutes(to: group)
    StatusController(history: history).addRoutes(to: group)
  }
}
